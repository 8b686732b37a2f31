//! Support for the tests: servers that stop on drop, clients, and bare sockets for requests that no ordinary client
//! sends.

mod client;
mod command;
mod faulty_log;
mod foreign_servers;
pub(crate) mod log_command;
mod process;
mod raw;
mod reply;
mod server;
pub(crate) mod terminal;
mod wait;

pub(crate) use client::{Client, key, owner, texts};
pub(crate) use command::Holdline;
pub(crate) use faulty_log::{Fault, FaultyLog};
pub(crate) use foreign_servers::{answering, free_address, untrusted};
pub(crate) use process::Process;
pub(crate) use raw::{Connection, Jar};
pub(crate) use reply::Reply;
pub(crate) use server::{Server, lift_limits, short_grace, trusting_loopback};
pub(crate) use wait::{until, within};
