//! Fault tests: break Holdline on purpose and check that it keeps its delivery promise. Run by `cargo xtask faults`.
//!
//! A round is one file in `rounds/` and one line in `rounds::ALL`. It starts the real server, puts load on it (`load`),
//! injects faults, waits until the load has settled, and passes all observations to the [`checker`]. Only the checker
//! decides what is correct.

pub mod checker;
mod database;
mod door;
mod faulty_proxy;
mod http;
mod load;
mod options;
mod poll;
mod report;
mod reverse_proxy;
mod rounds;
mod server;
mod session;
pub mod simulation;

pub use door::ClosedDoor;
pub use options::Options;
pub use rounds::{names, run};
