//! Holdline's browser client, from the state to the page.
//!
//! * [`state`]: everything that the page knows, in slices, and the one pure function that changes it.
//! * [`command`]: everything that a reader can do.
//! * [`engine`]: what runs while the page is open: session, subscription, outbox, storage, the other tabs.
//! * [`api`]: the server and the browser; [`wire`]: the text forms of storage and of messages between tabs.
//! * [`hooks`]: what components need from the browser: the engine's state, commands, scrolling, time.
//! * [`components`]: what is on the screen, as functions of data; [`words`]: all text shown there.
//! * [`App`]: the combination of all of these; [`route`]: its addresses.

pub mod api;
mod app;
pub mod command;
pub mod components;
pub mod engine;
pub mod hooks;
pub mod route;
pub mod state;
pub mod wire;
pub mod words;

pub use app::{App, AppProps};
