//! The browser and the server as the page sees them: requests and responses, storage, clock, randomness, the document.
//! Apart from the engine and the hooks, nothing else touches the browser. Keeps no page state.

mod answer;
mod base;
mod calls;
mod channel;
pub mod dom;
mod fields;
mod first_answers;
pub mod focus;
pub mod form;
mod http;
mod lists;
mod locale;
mod locks;
mod navigation;
mod people;
mod requests;
pub mod scroll;
mod storage;
mod time;

pub use answer::{Answer, Fault};
pub use base::{Base, base, shared_name};
pub use calls::{
    Change, first_history, first_session, history, list_rooms, long_history, older, poll, publish,
    renew_session,
};
pub use channel::Channel;
pub use http::{AbortOnDrop, Signal, is_outdated, uses_token};
pub use locale::{day_and_zone, locale};
pub use locks::{Lock, LockRequest, lock, request_lock};
pub use navigation::{path, step_to};
pub use people::{door, enter, list_members, list_people, look_at_link};
pub use requests::{Reply, ask, list, list_standing};
pub use storage::{Storage, forget_all, keep_for_reload, kept_for_reload};
pub use time::{jitter, millis, now, random_key, wall_clock};
