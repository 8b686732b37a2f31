//! The operations of the server, one file each. Every request passes through here, whichever transport
//! brought it. Knows the hub and the log, and neither axum nor sockets: `http` and `serve` translate.

mod app;
mod call;
mod caller;
mod classic;
mod config;
mod delete;
mod description;
mod edit;
mod error;
mod events;
mod frame_ancestors;
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

pub(crate) use app::App;
pub(crate) use call::{Body, Call};
pub(crate) use caller::{Caller, CallerHeaders, LastHost, RequestLine, Site};
pub(crate) use classic::{PUBLISH as PUBLISH_CLASSIC, SUBSCRIBE, publish as publish_classic, subscribe};
pub use config::HttpConfig;
pub(crate) use delete::{DELETE, delete};
pub(crate) use description::{Audience, Description, MakeSchema, Media, PATH_PARAMETERS, Parameter, Schemas};
pub(crate) use edit::{EDIT, edit};
pub(crate) use error::ApiError;
pub(crate) use events::{EVENTS, events};
pub use frame_ancestors::{FrameAncestors, InvalidFrameAncestor};
pub(crate) use health::{HEALTHZ, METRICS, READYZ, healthz, metrics, readyz};
pub(crate) use history::{HISTORY, history};
pub use host::{Hosts, InvalidHost};
pub(crate) use message::{MESSAGE, message};
pub(crate) use poll::{POLL, POLL_BY_FORM, admit_poll, poll, poll_by_form};
pub(crate) use publish::{PUBLISH, publish};
pub(crate) use react::{REACT, UNREACT, react, unreact};
pub(crate) use reply::{REQUEST_ID, Reply, ReplyBody, STRICT_TRANSPORT};
pub(crate) use request_id::RequestId;
pub(crate) use rooms::{LIST as ROOMS, PUT as PUT_ROOM, list as rooms, put as put_room};
pub(crate) use session::{
    BEGIN as BEGIN_SESSION, END as END_SESSION, SHOW as SHOW_SESSION, begin as begin_session,
    end as end_session, show as show_session,
};
