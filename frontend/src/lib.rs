//! Holdline's browser client, from the state to the page.
//!
//! * [`state`]: everything that the page knows, and the one pure function by which it changes.
//! * [`api`]: the server and the browser; nothing else touches them, except
//! * [`json`]: what travels, read and written.
//! * [`hooks`]: the page's effects: session, subscription, outbox, storage, scrolling.
//! * [`components`]: what is on the screen, as functions of data.
//! * [`App`]: all of it put together.

pub mod api;
mod app;
pub mod components;
pub mod hooks;
pub mod json;
pub mod state;

pub use app::App;
