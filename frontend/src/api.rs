//! The browser and the server as the page sees them: requests and their answers, storage, clock, chance, the document.
//! Apart from the hooks, nothing else touches a browser. Keeps no state of the page's own.

mod answer;
mod base;
mod calls;
mod channel;
pub mod dom;
mod http;
mod locale;
mod locks;
mod once;
pub mod scroll;
mod storage;
mod time;

pub use answer::{Answer, Fault};
pub use base::{Base, base, shared_name};
pub use calls::{Change, history, list_rooms, older, poll, publish, rename, renew_session};
pub use channel::Channel;
pub use http::{AbortOnDrop, Signal, is_outdated};
pub use locale::locale;
pub use locks::{Lock, ask, lock};
pub use once::{Awaited, Giver, once};
pub use storage::Storage;
pub use time::{jitter, now, random_key, wall_clock};
