//! The servers that are measured: how each is started and what it is told. One file each; what they share is here.

mod api;
mod engineio;
mod nchan;
mod node;
mod running;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::response::Response;
pub(crate) use running::{Running, stop_all};

/// What a peer is started with.
pub(crate) struct Start<'a> {
    /// `holdline`, built for release.
    pub(crate) program: &'a Path,
    /// A folder of its own.
    pub(crate) folder: &'a Path,
    /// A log that is there already, for those who keep one.
    pub(crate) log: Option<PathBuf>,
    /// The cores of the server.
    pub(crate) cores: &'a [usize],
    /// Ours.
    pub(crate) own_cores: &'a [usize],
}

/// A running peer and its language.
pub(crate) struct Peer {
    pub(crate) running: Running,
    pub(crate) protocol: Box<dyn Protocol>,
}

/// Where a subscriber stands, as the peer's answers say it: sent back with the next poll.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Position {
    /// The last message that was seen; empty before the first response.
    pub(crate) cursor: Token,
    /// A second validator, where the peer has one: the presence that was seen, or an `ETag`.
    pub(crate) tag: Token,
    /// People whom the last presence counted.
    pub(crate) people: u32,
}

/// A short text of the peer's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    length: u8,
    bytes: [u8; 63],
}

impl Default for Token {
    fn default() -> Self {
        Self { length: 0, bytes: [0; 63] }
    }
}

impl Token {
    pub(crate) fn set(&mut self, text: &[u8]) {
        let length = text.len().min(self.bytes.len());
        self.bytes[..length].copy_from_slice(&text[..length]);
        self.length = u8::try_from(length).unwrap_or_default();
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// How a peer is spoken to. Requests are appended to `out`.
pub(crate) trait Protocol {
    /// Makes a room; none where rooms need no making.
    fn make_room(&self, _room: &str, _out: &mut Vec<u8>) -> bool {
        false
    }

    /// Asks where a room is now; none where the first poll needs no position.
    fn ask_position(&self, _room: &str, _out: &mut Vec<u8>) -> bool {
        false
    }

    /// Opens a session for each of so many subscribers, where they poll as somebody.
    fn open_sessions(&mut self, _server: SocketAddr, _subscribers: usize) -> Result<()> {
        Ok(())
    }

    /// Whether polls show their subscribers as here.
    fn shows_presence(&self) -> bool {
        false
    }

    /// The next poll of the subscriber with this number.
    fn poll(&self, subscriber: usize, room: &str, position: &Position, out: &mut Vec<u8>);

    /// Takes the position out of a response.
    fn advance(&self, response: &Response<'_>, position: &mut Position);

    /// Publishes the message with this number.
    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>);
}

/// Starts the peer with this name.
pub(crate) fn start(name: &str, start: &Start<'_>) -> Result<Peer> {
    match name.split(':').next().unwrap_or_default() {
        "holdline" => api::holdline(name, start),
        "baseline" => api::baseline(name, start),
        "nchan" => nchan::start(name, start),
        "node" => node::start(start),
        "engineio" => engineio::start(start),
        _ => bail!("there is no peer {name:?}"),
    }
}

/// Whether this peer keeps its messages on the disk.
pub(crate) fn is_durable(name: &str) -> bool {
    name.starts_with("holdline") && !name.contains("memory")
}

/// Why a peer cannot be measured here; none when it can.
pub(crate) fn missing(name: &str, program: &Path) -> Option<String> {
    match name.split(':').next().unwrap_or_default() {
        "holdline" => api::missing(name, program),
        "nchan" => nchan::missing(),
        "node" => node::missing(),
        "engineio" => engineio::missing(),
        _ => None,
    }
}

/// Where a server listens, as it is told.
fn port(address: SocketAddr) -> String {
    address.port().to_string()
}
