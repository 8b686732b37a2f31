//! The text forms of everything that outlives the page or leaves it other than to the server: what storage keeps, what
//! a page saves for the next one, and the messages between tabs. Pages of earlier versions wrote and will read them, so
//! fields are added and never renamed. The protocol's own forms are in `holdline_shared`.

pub mod snapshot;
pub mod storage;
pub mod tabs;
