//! A connection on its way between an event loop and hyper.

use std::net::TcpStream;

use bytes::Bytes;

use super::connection_limit::ConnectionPermit;

/// The connection, with everything that the next owner has to know of it.
pub(super) struct Handoff {
    pub(super) stream: TcpStream,
    /// Input that was read and not yet answered.
    pub(super) first: Bytes,
    pub(super) permit: ConnectionPermit,
}
