//! Measures Holdline beside its peers: the baseline, nchan, the classic Node demo.
//!
//! A run measures scenarios with several peers in several passes, and prints one table each. The baseline is the least
//! that a server can do, and what everything is compared with.
//!
//! Linux only, and empty elsewhere: it needs epoll, and what `/proc` says of processes.

#![cfg(target_os = "linux")]

mod baseline;
mod blocking;
mod cli;
mod console;
mod disk;
mod guard;
mod interrupt;
mod ledger;
mod load;
mod net;
mod paths;
mod peer;
mod process;
mod report;
mod response;
mod run;
mod scenario;
mod slow_clients;

pub use cli::main;
