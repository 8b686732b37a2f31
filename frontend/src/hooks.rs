//! The hooks: what components need from the browser and from the page around them. Each hook cleans up after itself.

mod use_commands;
mod use_engine_state;
mod use_first_value;
mod use_focus;
mod use_locale;
mod use_modal;
mod use_namesakes;
mod use_reading;
mod use_rest;
mod use_room_search;
mod use_row_tools;
mod use_seconds_left;
mod use_shown;
mod use_status;

pub use use_commands::{Commands, use_commands};
pub use use_engine_state::use_engine_state;
pub use use_first_value::use_first_value;
pub use use_focus::{use_focus, use_focus_back, use_focus_caught, use_focus_guard};
pub use use_locale::{use_local_time, use_locale};
pub use use_modal::use_modal;
pub use use_namesakes::use_namesakes;
pub use use_reading::{Conversation, Reading, use_reading};
pub use use_rest::use_rest;
pub use use_room_search::use_room_search;
pub use use_row_tools::use_row_tools;
pub use use_seconds_left::use_seconds_left;
pub use use_shown::use_shown;
pub use use_status::use_status;
