//! The operations of the server, one file each. Every request passes through here, whichever transport
//! brought it. Knows the hub and the log, and neither axum nor sockets: `http` and `serve` translate.

mod admin_link;
mod app;
mod call;
mod caller;
mod classic;
mod config;
mod delete;
mod edit;
mod error;
mod events;
mod health;
mod history;
mod host;
mod json;
mod message;
mod poll;
mod publish;
mod react;
mod reply;
mod request_id;
mod room_limit;
mod rooms;
mod session;

pub(crate) use admin_link::admin_link;
pub use admin_link::{AdminLink, make_admin_link};
pub(crate) use app::App;
pub(crate) use call::{Body, Call};
pub(crate) use caller::{Caller, CallerHeaders, LastHost, OwnerConnection, RequestLine};
pub(crate) use classic::{publish as publish_classic, subscribe};
pub use config::HttpConfig;
pub(crate) use delete::delete;
pub(crate) use edit::edit;
pub(crate) use error::ApiError;
pub(crate) use events::events;
pub(crate) use health::{healthz, metrics, readyz};
pub(crate) use history::history;
pub use host::{Hosts, InvalidHost};
pub(crate) use message::message;
pub(crate) use poll::{admit_poll, poll, poll_by_form};
pub(crate) use publish::publish;
pub(crate) use react::{react, unreact};
pub(crate) use reply::{REQUEST_ID, Reply, ReplyBody};
pub(crate) use request_id::RequestId;
pub(crate) use rooms::{list as rooms, put as put_room};
pub(crate) use session::{begin as begin_session, end as end_session, show as show_session};
