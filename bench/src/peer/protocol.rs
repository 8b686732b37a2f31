//! The requests that a peer is sent, and the reading of its answers.

use std::net::SocketAddr;

use anyhow::Result;

use super::running::Running;
use crate::response::Response;

/// A running peer and its protocol.
pub(crate) struct Peer {
    pub(crate) running: Running,
    pub(crate) protocol: Box<dyn Protocol>,
}

/// A subscriber's position, as the last response gave it: sent back with the next poll.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Position {
    /// The cursor; empty before the first response.
    pub(crate) cursor: Token,
    /// A second validator, where the peer has one: the presence that was seen, or an `ETag`.
    pub(crate) tag: Token,
    /// People whom the last presence counted.
    pub(crate) people: u32,
}

/// A short text from a response.
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

/// A peer's requests and responses. Requests are appended to `out`.
pub(crate) trait Protocol {
    /// Appends the request that makes a room. Returns false where rooms need none.
    fn make_room(&mut self, _room: &str, _out: &mut Vec<u8>) -> bool {
        false
    }

    /// Appends the request for a room's present cursor. Returns false where the first poll needs none.
    fn ask_position(&self, _room: &str, _out: &mut Vec<u8>) -> bool {
        false
    }

    /// Opens a session for each of so many subscribers, where they need one.
    fn open_sessions(&mut self, _server: SocketAddr, _subscribers: usize) -> Result<()> {
        Ok(())
    }

    /// Whether polls mark their subscribers as present.
    fn shows_presence(&self) -> bool {
        false
    }

    /// Appends the next poll of the subscriber with this number.
    fn poll(&self, subscriber: usize, room: &str, position: &Position, out: &mut Vec<u8>);

    /// Reads the position from a response.
    fn advance(&self, response: &Response<'_>, position: &mut Position);

    /// Appends the publish of the message with this number.
    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>);
}

/// The port, as an argument.
pub(super) fn port(address: SocketAddr) -> String {
    address.port().to_string()
}
