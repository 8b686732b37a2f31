//! Effects: what the page does besides showing its state. Each hook owns one, and ends it when the page goes.

mod driver;
mod use_countdown;
mod use_join;
mod use_memory;
mod use_message_calls;
mod use_outbox;
mod use_reading;
mod use_room_list;
mod use_route;
mod use_session;
mod use_settled;
mod use_small;
mod use_store;
mod use_subscription;
mod use_wakes;

pub use driver::{Driver, News, Repair};
pub use use_countdown::use_seconds_until;
pub use use_join::use_join;
pub use use_memory::{Drafts, saved, use_drafts, use_memory};
pub use use_message_calls::{MessageCall, use_message_calls};
pub use use_outbox::use_outbox;
pub use use_reading::{Reading, use_reading};
pub use use_room_list::use_room_list;
pub use use_route::{Navigate, use_route};
pub use use_session::use_session;
pub use use_settled::use_settled;
pub use use_small::{use_fitting_height, use_focus_on, use_title, use_visibility};
pub use use_store::{Store, use_store};
pub use use_subscription::use_subscription;
pub use use_wakes::{Wake, Wakes, use_wakes};
