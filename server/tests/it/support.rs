//! What the tests speak with: a server that ends with its guard, people who talk to it, and bare sockets for what no
//! decent client would do.

mod broken_log;
mod client;
mod command;
pub(crate) mod log_command;
mod patience;
mod process;
mod raw;
mod reply;
mod server;
mod wrong;

pub(crate) use broken_log::BrokenLog;
pub(crate) use client::{Client, key, texts};
pub(crate) use command::Holdline;
pub(crate) use patience::{until, within};
pub(crate) use process::Process;
pub(crate) use raw::{Connection, Jar};
pub(crate) use reply::Reply;
pub(crate) use server::{Server, short_grace, trusting_loopback};
pub(crate) use wrong::{answering, free_address, untrusted};
