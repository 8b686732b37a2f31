//! Breaks Holdline on purpose and checks what it promised: `cargo xtask faults`.
//!
//! A round is one file in `rounds/` and one line in `rounds::ALL`: it starts the real server, puts load on it
//! (`load`), breaks something again and again, lets things settle, and hands what everybody knows to the [`checker`].
//! Nothing here decides what is right but the checker.

pub mod checker;
mod database;
mod front;
mod http;
mod load;
mod orders;
mod proxy;
mod report;
mod rounds;
mod server;
pub mod simulation;

pub use orders::Orders;
pub use rounds::{names, run};
