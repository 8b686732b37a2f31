//! Measures Holdline beside its peers: the floor, nchan, the classic Node demo, Engine.IO.
//!
//! * [`run`]: scenarios, peers, passes; one table each.
//! * [`serve_floor`]: the least that a server can do, which everything is compared with.
//!
//! Linux only, and empty elsewhere: it needs epoll, and what `/proc` says of processes.

#![cfg(target_os = "linux")]

mod answer;
mod ask;
mod disk;
mod floor;
mod interrupt;
mod ledger;
mod load;
mod net;
mod paths;
mod peer;
mod process;
mod quick;
mod report;
mod run;
mod say;
mod scenario;

pub use floor::{FloorOrders, serve_floor};
pub use interrupt::interrupt;
pub use run::{Orders, Task, run};
pub use say::say_error;
pub use scenario::names;
