//! A connection in transfer between an event loop and hyper.

use std::net::TcpStream;

use bytes::Bytes;

use super::connection_limit::ConnectionPermit;

/// The connection, with everything that its next owner needs.
pub(super) struct Handoff {
    pub(super) stream: TcpStream,
    /// Input that was read but not answered yet.
    pub(super) first: Bytes,
    pub(super) permit: ConnectionPermit,
}
