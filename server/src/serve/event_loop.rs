//! The event loops: each is one thread that serves polls on many connections. A held poll owns a socket, a
//! slot in a room's wait list, a position and a deadline, and nothing else. A loop reads into one buffer, and
//! writes from a buffer that all polls of a room share.
//!
//! A loop decides nothing about a request: it makes the caller, calls the operation, and writes the reply,
//! refusals included. A connection is handed to hyper and the router only when a request of another kind
//! comes.

mod acceptor;
mod begin;
mod complete;
mod connection;
mod connections;
mod known_heads;
mod queries;
mod response;
mod wheel;

use std::io::{self, Read as _};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Token};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use self::acceptor::Acceptor;
use self::connection::State;
use self::connections::Connections;
use self::known_heads::Fingerprints;
use self::queries::Queries;
use super::connection_limit::ConnectionLimit;
use super::end_output::end_output;
use super::handoff::Handoff;
use super::loop_handle::{Command, LoopHandle};
use super::plain::Plain;
use crate::api::{App, LastHost};
use crate::hub::{HeldPolls, ReadySet};

/// The longest request that a loop reads, in bytes.
const BUFFER: usize = 8 * 1024;
/// The number of events handled in one turn of the loop.
const EVENTS: usize = 1024;
/// The token of the loop's own waker. Listeners are numbered downwards from it, connections upwards from
/// zero.
const WAKER: usize = usize::MAX;
/// The lowest token of a listener.
const LISTENERS: usize = usize::MAX / 2;

/// Starts `count` loops, each in a thread. The first one accepts for all, so that no other is woken in vain.
/// Must be called within a tokio runtime, in which hyper will run.
pub(super) fn start(
    count: usize,
    listeners: &[std::net::TcpListener],
    app: &App,
    connection_limit: &Arc<ConnectionLimit>,
    plain: &Arc<Plain>,
) -> io::Result<Vec<Arc<LoopHandle>>> {
    let mut loops = Vec::new();
    for _ in 0..count {
        loops.push(EventLoop::new(app.clone(), connection_limit.clone(), plain.clone())?);
    }
    let handles: Vec<_> = loops.iter().map(|one| one.handle.clone()).collect();
    if let Some(first) = loops.first_mut() {
        first.acceptor.listen(listeners, &handles, first.poll.registry(), WAKER - 1)?;
    }
    for (number, one) in loops.into_iter().enumerate() {
        let thread = std::thread::Builder::new().name(format!("polls-{number}"));
        thread
            .spawn(move || one.run())
            .inspect_err(|_| handles.iter().for_each(|handle| handle.send(Command::Abort)))?;
    }
    Ok(handles)
}

/// An event loop and its connections.
struct EventLoop {
    poll: mio::Poll,
    handle: Arc<LoopHandle>,
    acceptor: Acceptor,
    connections: Connections,
    held: HeldPolls<u32>,
    buffer: Box<[u8]>,
    queries: Queries,
    last_host: LastHost,
    fingerprints: Fingerprints,
    /// The connections for which the log has been read.
    ready: Arc<ReadySet>,
    app: App,
    plain: Arc<Plain>,
    tokio: Handle,
    /// Dropped when the loop ends; `serve` waits for that.
    _serving: mpsc::Sender<()>,
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.handle.close();
        if std::thread::panicking() {
            tracing::error!("an event loop has failed; the server stops");
            self.plain.fail();
        }
    }
}

impl EventLoop {
    fn new(app: App, connection_limit: Arc<ConnectionLimit>, plain: Arc<Plain>) -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let handle = Arc::new(LoopHandle::new(mio::Waker::new(poll.registry(), Token(WAKER))?));
        let waker = Waker::from(handle.clone());
        Ok(Self {
            held: app.hub.held_polls(waker.clone()),
            connections: Connections::new(
                poll.registry().try_clone()?,
                plain.idle_timeout(),
                plain.stall_rule(),
            ),
            poll,
            handle,
            acceptor: Acceptor::new(connection_limit),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            queries: Queries::default(),
            last_host: LastHost::default(),
            fingerprints: Fingerprints::default(),
            ready: Arc::new(ReadySet::new(waker)),
            app,
            tokio: Handle::current(),
            _serving: plain.serving(),
            plain,
        })
    }

    /// Serves until the loop is drained or aborted.
    fn run(mut self) {
        let tokio = self.tokio.clone();
        let _runtime = tokio.enter();
        let mut events = Events::with_capacity(EVENTS);
        'turns: while !(self.connections.is_stopping && self.connections.is_empty()) {
            self.handle.falls_asleep();
            if let Err(error) = self.poll.poll(&mut events, self.timeout())
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "an event loop cannot go on");
                break;
            }
            self.handle.wakes_up();
            self.connections.now = Instant::now();
            for event in &events {
                self.take(event);
            }
            if self.acceptor.next().is_some_and(|at| at <= self.connections.now) {
                self.acceptor.accept(&mut self.connections);
            }
            for message in self.handle.take() {
                match message {
                    Command::Adopt(handoff) => self.adopt(handoff),
                    Command::Drain => self.drain(),
                    Command::Abort => break 'turns,
                }
            }
            for number in self.ready.take() {
                self.poll_pending(number as usize);
            }
            self.answer_held();
            for number in self.connections.due() {
                self.time_is_up(number);
            }
            while let Some(number) = self.connections.unread.pop() {
                self.read(number);
            }
        }
    }

    /// The time that the loop may sleep unless an event comes.
    fn timeout(&self) -> Option<Duration> {
        if self.handle.has_commands() || self.held.has_ready() || !self.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        let next = [self.connections.next_due(), self.held.next_pass(), self.acceptor.next()];
        let next = next.into_iter().flatten().min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn take(&mut self, event: &Event) {
        let Token(number) = event.token();
        if number == WAKER {
            // Commands and ready connections are checked in every turn.
            return;
        }
        if number >= LISTENERS {
            self.acceptor.readable(self.connections.now);
            return;
        }
        let Some(connection) = self.connections.get_mut(number) else { return };
        if event.is_error() {
            self.close(number);
            return;
        }
        // A client that closes its sending side while its poll is held looks like a vanished one, and those
        // are far more frequent, so its poll ends. Hyper sees the close only if no other input came before,
        // and so do we. All other requests are answered.
        let peer_closed = event.is_read_closed();
        connection.peer_closed |= peer_closed;
        match connection.state {
            State::Idle | State::Held { .. } if peer_closed && !connection.has_buffered_input() => {
                self.close(number);
            }
            State::Idle if peer_closed => self.hand_over_unread(number),
            State::Idle => self.read(number),
            State::Held { .. } | State::Reading(_) => connection.has_unread = true,
            State::Writing(_) => {
                connection.has_unread |= event.is_readable();
                self.connections.write(number);
            }
        }
    }

    /// Adopts a connection that was accepted elsewhere, or on which hyper has read a request for a loop.
    fn adopt(&mut self, handoff: Handoff) {
        let Handoff { stream, first, permit } = handoff;
        if self.connections.is_stopping && first.is_empty() {
            // The connection was handed over before the loop began to drain.
            end_output(&stream);
            return;
        }
        if let Some(number) = self.connections.add(TcpStream::from_std(stream), permit)
            && !first.is_empty()
        {
            self.begin(number, &first);
        }
    }

    /// Reads a request. A request that does not fit into the buffer is left to hyper.
    fn read(&mut self, number: usize) {
        let Some(connection) = self.connections.get_mut(number) else { return };
        if !matches!(connection.state, State::Idle) {
            return;
        }
        if connection.peer_closed {
            if connection.has_buffered_input() {
                self.hand_over_unread(number);
            } else {
                self.close(number);
            }
            return;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        match connection.stream.read(&mut buffer) {
            Ok(0) => self.close(number),
            // A full buffer: more input may be waiting, for which no further event comes.
            Ok(length) if length == buffer.len() => self.hand_over(number, Bytes::copy_from_slice(&buffer)),
            // A short read proves that the socket is empty (epoll(7)).
            Ok(length) => self.begin(number, &buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.connections.unread.push(number),
            Err(error) => {
                tracing::debug!(%error, "connection ended");
                self.close(number);
            }
        }
        self.buffer = buffer;
    }

    /// Hands over a connection whose client has sent input and closed its sending side: hyper decides whether
    /// to answer, and keeps the connection.
    fn hand_over_unread(&mut self, number: usize) {
        self.leave(number, Bytes::new(), None);
    }

    fn hand_over(&mut self, number: usize, first: Bytes) {
        self.leave(number, first, Some(self.handle.clone()));
    }

    fn leave(&mut self, number: usize, first: Bytes, event_loop: Option<Arc<LoopHandle>>) {
        if let Some(handoff) = self.connections.remove(number, first) {
            self.app.hub.metrics().handoffs.increment(1);
            self.tokio.spawn(self.plain.clone().adopt(handoff, event_loop));
        }
    }

    fn close(&mut self, number: usize) {
        if let Some(&mut State::Held { id, .. }) =
            self.connections.get_mut(number).map(|connection| &mut connection.state)
        {
            self.held.cancel(id);
        }
        self.connections.close(number);
    }

    fn drain(&mut self) {
        self.acceptor.close();
        self.connections.stop();
    }
}
