//! The operations of the server, one file each. Every request passes through here, whichever transport
//! brought it. Knows the hub and the log, and neither axum nor sockets: `http` and `serve` translate.

mod admin_link;
mod app;
mod audit;
mod bans;
mod call;
mod caller;
mod classic;
mod config;
mod delete;
mod delete_room;
mod description;
mod direct;
mod door;
mod edit;
mod erase;
mod error;
mod events;
mod first_door;
mod frame_ancestors;
mod health;
mod history;
mod hook_target;
mod hooks;
mod host;
mod incoming_hook;
mod invites;
mod json;
mod limits;
mod make_room;
mod me;
mod members;
mod message;
mod named_person;
mod own_sessions;
mod people;
mod people_sessions;
mod policy_body;
mod poll;
mod profile;
mod proxied_account;
mod proxy_login;
mod publish;
mod react;
mod redeem;
mod redeem_look;
mod renewal;
mod reply;
mod report;
mod request_id;
mod rooms;
mod rotate_secret;
mod session;
mod session_cookies;
mod sign_in;
mod slow_hashes;
mod tokens;
mod whereabouts;

pub(crate) use admin_link::{ADMIN_LINK, admin_link};
pub use admin_link::{AdminLink, make_admin_link};
pub(crate) use app::App;
pub(crate) use audit::{AUDIT, audit};
pub(crate) use bans::{
    BAN, BAN_PERSON, LIFT as LIFT_BAN, LIST as BANS, UNBAN_PERSON, ban, ban_person, bans, lift_ban,
    unban_person,
};
pub(crate) use call::{Body, Call};
pub(crate) use caller::{
    Caller, CallerHeaders, LastHost, OwnerConnection, Poller, RequestLine, Site, network,
};
pub(crate) use classic::{PUBLISH as PUBLISH_CLASSIC, SUBSCRIBE, publish as publish_classic, subscribe};
pub use config::HttpConfig;
pub(crate) use delete::{DELETE, delete};
pub(crate) use delete_room::{DELETE_ROOM, delete_room};
pub(crate) use description::{Audience, Description, MakeSchema, Media, PATH_PARAMETERS, Parameter, Schemas};
pub(crate) use direct::{DIRECT_ROOM, direct};
pub(crate) use door::{PUT as PUT_DOOR, SHOW as SHOW_DOOR, put as put_door, show as show_door};
pub(crate) use edit::{EDIT, edit};
pub(crate) use error::ApiError;
pub(crate) use events::{EVENTS, events};
pub use first_door::{choose_door, chosen_door};
pub use frame_ancestors::{FrameAncestors, InvalidFrameAncestor};
pub(crate) use health::{HEALTHZ, METRICS, READYZ, healthz, metrics, readyz};
pub(crate) use history::{HISTORY, history};
pub(crate) use hooks::{
    LIST as HOOKS, MAKE as MAKE_HOOK, REMOVE as REMOVE_HOOK, list as hooks, make as make_hook,
    remove as remove_hook,
};
pub use host::{Hosts, InvalidHost};
pub(crate) use incoming_hook::{POST as POST_TO_HOOK, post as post_to_hook};
pub(crate) use invites::{
    LIST as INVITES, MAKE as MAKE_INVITE, MAKE_DEVICE_LINK, REVOKE as REVOKE_INVITE, list as invites,
    make as make_invite, make_device_link, revoke as revoke_invite,
};
pub(crate) use limits::HoldLease;
pub use limits::{InvalidLimit, InvalidRate, Limits, Rate};
pub(crate) use make_room::{MAKE_ROOM, make_room};
pub(crate) use me::{
    CHANGE as CHANGE_ME, ERASE as ERASE_ME, SHOW as SHOW_ME, change as change_me, erase as erase_me,
    show as show_me,
};
pub(crate) use members::{
    DELETE as DELETE_MEMBER, LIST as MEMBERS, PUT as PUT_MEMBER, delete_member, members, put_member,
};
pub(crate) use message::{MESSAGE, message};
pub(crate) use own_sessions::{
    END as END_OWN_SESSION, END_OTHERS as END_OTHER_SESSIONS, LIST as OWN_SESSIONS, end as end_own_session,
    end_others as end_other_sessions, list as own_sessions,
};
pub(crate) use people::{
    CHANGE as CHANGE_PERSON, ERASE as ERASE_PERSON, LIST as PEOPLE, SHOW as SHOW_PERSON,
    change as change_person, erase as erase_person, list as people, show as show_person,
};
pub(crate) use people_sessions::{
    END as END_SESSIONS_OF, LIST as SESSIONS_OF, end as end_sessions_of, list as sessions_of,
};
pub(crate) use poll::{POLL, POLL_BY_FORM, admit_poll, poll, poll_by_form};
pub use proxy_login::ProxyLogin;
pub(crate) use publish::{PUBLISH, publish};
pub(crate) use react::{REACT, UNREACT, react, unreact};
pub(crate) use redeem::{REDEEM, redeem};
pub(crate) use redeem_look::{LOOK as LOOK_AT_CODE, look as look_at_code};
pub(crate) use renewal::renew;
pub(crate) use reply::{REQUEST_ID, Reply, ReplyBody, STRICT_TRANSPORT};
pub(crate) use report::{REPORT, report};
pub(crate) use request_id::RequestId;
pub(crate) use rooms::{LIST as ROOMS, PUT as PUT_ROOM, list as rooms, put as put_room};
pub use rotate_secret::rotate_log_secret;
pub(crate) use rotate_secret::{ROTATE_SECRET, rotate_secret};
pub(crate) use session::{
    BEGIN as BEGIN_SESSION, END as END_SESSION, SHOW as SHOW_SESSION, begin as begin_session,
    end as end_session, show as show_session,
};
pub(crate) use sign_in::{SIGN_IN, sign_in};
pub(crate) use tokens::{
    LIST as TOKENS, MAKE as MAKE_TOKEN, REVOKE as REVOKE_TOKEN, make_token, revoke_token, tokens,
};
