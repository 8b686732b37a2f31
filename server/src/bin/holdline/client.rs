//! The HTTP client of `send`, `tail` and `health`, and its retries.

mod access_token;
mod address;
mod api;
mod connect;
mod options;
mod proxy;
mod request_error;
mod retry;
mod say;
mod target;

pub(crate) use self::address::{Address, without_login, without_passwords};
pub(crate) use self::api::{Client, Polled};
pub(crate) use self::connect::http_builder;
pub(crate) use self::options::ServerOptions;
pub(crate) use self::request_error::RequestError;
pub(crate) use self::retry::{GaveUp, RetryPolicy, jitter};
pub(crate) use self::say::say;
pub(crate) use self::target::Target;
