//! A connection of an event loop: its socket, and the event that it waits for. It owns nothing else: no task,
//! no buffer, no timer.

use std::io::{self, Write as _};
use std::net::IpAddr;

use bytes::{Buf as _, Bytes};
use mio::net::TcpStream;

use super::known_heads::KnownHead;
use super::wheel::Tick;
use crate::api::{HoldLease, RequestId};
use crate::hub::{HeldId, LogRead};
use crate::serve::connection_limit::ConnectionPermit;
use crate::serve::stall::Progress;

/// A connection that an event loop serves.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    /// The address of the other end; `None` if the system does not tell.
    pub(super) peer: Option<IpAddr>,
    pub(super) state: State,
    /// The head of the last request, if that was a poll.
    pub(super) known_head: Option<Box<KnownHead>>,
    /// The id of the last request, if a proxy has given one or the log has one.
    pub(super) request_id: Option<Box<RequestId>>,
    /// The time at which the wait ends.
    pub(super) deadline: Tick,
    /// The time at which the timer wheel reports the connection; zero for never.
    pub(super) alarm: Tick,
    /// Whether input arrived before the response was written.
    pub(super) has_unread: bool,
    /// Whether the browser's connection was encrypted at the last request.
    pub(super) is_tls: bool,
    /// Whether the client has closed its sending side.
    pub(super) peer_closed: bool,
    pub(super) permit: ConnectionPermit,
}

/// The event that a connection waits for.
pub(super) enum State {
    /// The next request.
    Idle,
    /// The end of a held poll.
    Held { id: HeldId, _lease: HoldLease },
    /// The entries of a held poll, from the log.
    Reading(Box<LogRead>),
    /// Room in the socket for the rest of the response.
    Writing(Box<Rest>),
}

/// The rest of an answer.
pub(super) struct Rest {
    pub(super) bytes: Bytes,
    /// Whether the connection is closed after it.
    pub(super) is_last: bool,
    /// The bytes that the client has taken since the deadline was set.
    pub(super) progress: Progress,
}

impl Connection {
    /// Whether input is waiting to be read.
    pub(super) fn has_buffered_input(&self) -> bool {
        self.stream.peek(&mut [0]).is_ok_and(|count| count > 0)
    }

    /// Writes as much as possible without waiting, and removes it from `bytes`. Returns the number of bytes.
    pub(super) fn write(&mut self, bytes: &mut Bytes) -> io::Result<usize> {
        let before = bytes.len();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(before - bytes.len())
    }
}
