//! Accepts connections for all loops, in the first loop, and assigns them round-robin.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};
use socket2::SockRef;
use tokio::time::Instant;

use super::connections::Connections;
use crate::serve::connection_limit::{ConnectionLimit, ConnectionPermit, tune};
use crate::serve::failed_accept::{ACCEPT_PAUSE, note_failed_accept};
use crate::serve::handoff::Handoff;
use crate::serve::loop_handle::{Command, LoopHandle};

/// The number of connections accepted in one turn of the loop.
const ACCEPTS: usize = 128;

/// The listeners of a loop; most loops have none.
pub(super) struct Acceptor {
    listeners: Vec<TcpListener>,
    connection_limit: Arc<ConnectionLimit>,
    /// The time of the next accept, if a client is waiting; later than now after a failed accept.
    at: Option<Instant>,
    /// The loops to which connections are assigned; the acceptor's own is the first of them.
    loops: Vec<Arc<LoopHandle>>,
    turn: usize,
    /// The listener that is tried first next time, so that none starves the others.
    first: usize,
}

impl Acceptor {
    /// Makes an acceptor without listeners.
    pub(super) fn new(connection_limit: Arc<ConnectionLimit>) -> Self {
        Self { listeners: Vec::new(), connection_limit, at: None, loops: Vec::new(), turn: 0, first: 0 }
    }

    /// Adds these listeners under the numbers from `last` downwards.
    pub(super) fn listen(
        &mut self,
        listeners: &[std::net::TcpListener],
        loops: &[Arc<LoopHandle>],
        registry: &Registry,
        last: usize,
    ) -> io::Result<()> {
        for (number, listener) in listeners.iter().enumerate() {
            let socket = SockRef::from(listener);
            if let Err(error) = tune(&socket) {
                tracing::debug!(%error, "connections keep the system's settings");
            }
            let mut listener = TcpListener::from_std(listener.try_clone()?);
            registry.register(&mut listener, Token(last - number), Interest::READABLE)?;
            self.listeners.push(listener);
        }
        self.loops = loops.to_vec();
        Ok(())
    }

    /// Notes that a listener is readable.
    pub(super) fn readable(&mut self, now: Instant) {
        self.at.get_or_insert(now);
    }

    /// The time at which to call [`Acceptor::accept`].
    pub(super) fn next(&self) -> Option<Instant> {
        self.at
    }

    /// Accepts a bounded number of connections.
    pub(super) fn accept(&mut self, connections: &mut Connections) {
        let mut left = ACCEPTS;
        self.at = None;
        self.first += 1;
        for offset in 0..self.listeners.len() {
            let number = (self.first + offset) % self.listeners.len();
            loop {
                if left == 0 {
                    self.at = Some(connections.now);
                    return;
                }
                left -= 1;
                match self.listeners[number].accept() {
                    Ok((stream, peer)) => match self.connection_limit.acquire(peer.ip()) {
                        Ok(permit) => self.assign(connections, stream, permit),
                        Err(refused) => {
                            let stream = || tokio::net::TcpStream::from_std(stream.into());
                            self.connection_limit.refuse(refused, stream);
                        }
                    },
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    // The connection ended before it was accepted.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        note_failed_accept(&error);
                        self.at = Some(connections.now + ACCEPT_PAUSE);
                        return;
                    }
                }
            }
        }
    }

    fn assign(&mut self, connections: &mut Connections, stream: TcpStream, permit: ConnectionPermit) {
        // On Linux, the connection has inherited the listener's options.
        if !cfg!(target_os = "linux")
            && let Err(error) = tune(&SockRef::from(&stream))
        {
            tracing::debug!(%error, "the connection keeps the system's settings");
        }
        self.turn = (self.turn + 1) % self.loops.len().max(1);
        if let Some(other) = self.loops.get(self.turn).filter(|_| self.turn > 0) {
            let handoff = Handoff { stream: stream.into(), first: Bytes::new(), permit };
            other.send(Command::Adopt(handoff));
        } else {
            connections.add(stream, permit);
        }
    }

    /// Closes the listeners.
    pub(super) fn close(&mut self) {
        self.at = None;
        self.listeners.clear();
    }
}
