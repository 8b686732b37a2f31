#![doc = include_str!("../README.md")]
//!
//! # Contents
//!
//! * [`log`]: the log and its engines.
//! * [`hub`]: where publishers and subscribers meet; holds polls.
//! * [`router`]: the HTTP routes, to be mounted anywhere; [`HttpConfig`]: host names, proxies, limits.
//! * [`serve`]: serving them with time-outs and an orderly stop; [`AdminSocket`]: serving the log's owner.

mod access;
mod api;
#[doc(hidden)]
pub mod fuzzing;
#[cfg_attr(not(test), expect(dead_code, reason = "the operations on hooks come with the rules of access"))]
mod hooks;
mod http;
pub mod hub;
mod leases;
pub mod log;
mod metrics;
mod nicknames;
mod random;
mod repeated_line;
mod scope;
mod serve;
mod session;

pub use self::api::{
    AdminLink, FrameAncestors, Hosts, HttpConfig, InvalidFrameAncestor, InvalidHost, InvalidLimit,
    InvalidRate, Limits, ProxyLogin, Rate, choose_door, chosen_door, make_admin_link, rotate_log_secret,
};
pub use self::http::{BUILD, router, router_with};
pub use self::scope::{Readers, Scope};
pub use self::serve::{AdminSocket, AdminSocketError, STALL_BYTES, ServeConfig, serve, serve_router};
