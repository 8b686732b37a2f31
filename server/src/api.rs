//! The operations of the server, one file each. Every request passes through here, whichever transport
//! brought it. Knows the hub and the log, and neither axum nor sockets: `http` and `serve` translate.

mod admin_link;
mod app;
mod call;
mod caller;
mod classic;
mod config;
mod delete;
mod door;
mod edit;
mod erase;
mod error;
mod events;
mod first_door;
mod health;
mod history;
mod host;
mod invites;
mod json;
mod limits;
mod me;
mod message;
mod own_sessions;
mod people;
mod people_sessions;
mod poll;
mod profile;
mod proxy_login;
mod publish;
mod react;
mod redeem;
mod renewal;
mod reply;
mod request_id;
mod rooms;
mod session;
mod sign_in;
mod slow_hashes;

pub(crate) use admin_link::admin_link;
pub use admin_link::{AdminLink, make_admin_link};
pub(crate) use app::App;
pub(crate) use call::{Body, Call};
pub(crate) use caller::{Caller, CallerHeaders, LastHost, OwnerConnection, RequestLine, network};
pub(crate) use classic::{publish as publish_classic, subscribe};
pub use config::HttpConfig;
pub(crate) use delete::delete;
pub(crate) use door::{put as put_door, show as show_door};
pub(crate) use edit::edit;
pub(crate) use error::ApiError;
pub(crate) use events::events;
pub use first_door::{choose_door, chosen_door};
pub(crate) use health::{healthz, metrics, readyz};
pub(crate) use history::history;
pub use host::{Hosts, InvalidHost};
pub(crate) use invites::{list as invites, make as make_invite, make_device_link, revoke as revoke_invite};
pub(crate) use limits::HoldLease;
pub use limits::{InvalidLimit, InvalidRate, Limits, Rate};
pub(crate) use me::{change as change_me, erase as erase_me, show as show_me};
pub(crate) use message::message;
pub(crate) use own_sessions::{
    end as end_own_session, end_others as end_other_sessions, list as own_sessions,
};
pub(crate) use people::{
    change as change_person, erase as erase_person, list as people, show as show_person,
};
pub(crate) use people_sessions::{end as end_sessions_of, list as sessions_of};
pub(crate) use poll::{admit_poll, poll, poll_by_form};
pub use proxy_login::ProxyLogin;
pub(crate) use publish::publish;
pub(crate) use react::{react, unreact};
pub(crate) use redeem::redeem;
pub(crate) use renewal::renew;
pub(crate) use reply::{REQUEST_ID, Reply, ReplyBody};
pub(crate) use request_id::RequestId;
pub(crate) use rooms::{list as rooms, put as put_room};
pub(crate) use session::{begin as begin_session, end as end_session, show as show_session};
pub(crate) use sign_in::sign_in;
