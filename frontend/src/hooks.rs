//! Effects: what the page does besides showing its state. Most of them follow the state from change to change, so they
//! are plain structs that [`Page`] owns, and one Yew hook brings them to the screen; dropping the page ends them all.
//! (As a Yew hook each would cost every visitor half a kilobyte more, and run a render later.)

mod change;
mod driver;
mod join;
mod memory;
mod outbox;
mod page;
mod room_list;
mod session;
mod store;
mod subscription;
mod tabs;
mod use_field;
mod use_page;
mod use_reading;
mod use_shared;
mod use_status;
mod wakes;

pub use change::{MessageCall, call};
pub use driver::{Driver, News, Repair};
pub use memory::{Drafts, Memory, saved};
pub use page::Page;
pub use store::Store;
pub use use_field::{Field, use_field};
pub use use_page::use_page;
pub use use_reading::{Reading, Rows, use_reading};
pub use use_shared::{Shared, use_shared};
pub use use_status::use_status;
pub use wakes::{Listening, Wake, Wakes};
