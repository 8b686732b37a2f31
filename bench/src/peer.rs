//! The measured servers: one file each, with its start and its protocol.

mod api;
mod nchan;
mod node;
mod protocol;
mod running;
mod start;

use std::path::Path;

use anyhow::{Result, bail};

pub(crate) use protocol::{Peer, Position, Token};
pub(crate) use running::stop_all;
pub(crate) use start::Start;

/// Starts the peer with this name.
pub(crate) fn start(name: &str, start: &Start<'_>) -> Result<Peer> {
    match name.split(':').next().unwrap_or_default() {
        "holdline" => api::holdline(name, start),
        "baseline" => api::baseline(name, start),
        "nchan" => nchan::start(name, start),
        "node" => node::start(start),
        _ => bail!("there is no peer {name:?}"),
    }
}

/// Whether this peer keeps its messages on the disk.
pub(crate) fn is_durable(name: &str) -> bool {
    name.starts_with("holdline") && !name.contains("memory")
}

/// The reason why a peer cannot be measured here, if any.
pub(crate) fn missing(name: &str, program: &Path) -> Option<String> {
    match name.split(':').next().unwrap_or_default() {
        "holdline" => api::missing(name, program),
        "nchan" => nchan::missing(),
        "node" => node::missing(),
        _ => None,
    }
}
