//! The text forms of what outlives the page or leaves it other than to the server: what storage keeps, what a page leaves for
//! the next one, and the messages between tabs. Pages of earlier versions wrote and will read these, so fields are added and never renamed. The
//! protocol's own forms are those of `holdline_shared`.

pub mod snapshot;
pub mod storage;
pub mod tabs;
