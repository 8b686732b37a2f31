//! The connections of one event loop: adding, answering, closing, deadlines.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Shutdown};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::future::BoxFuture;
use holdline_shared::Cursor;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use slab::Slab;
use socket2::SockRef;
use tokio::time::Instant;

use super::response::Responses;
use super::wheel::{Tick, Wheel};
use crate::hub::{Answer, HeldId, Hub, LogRead};
use crate::log::{Committed, LogError, Outcome};
use crate::serve::admission::Seat;
use crate::serve::stall::{Progress, StallRule};

/// A connection that carries polls.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) state: State,
    /// When something has to happen.
    deadline: Tick,
    /// When the wheel brings it up; zero is not at all.
    alarm: Tick,
    /// Something came before the answer was out.
    pub(super) has_unread: bool,
    /// The client will say no more.
    pub(super) has_ended: bool,
    seat: Seat,
}

/// What a connection waits for.
pub(super) enum State {
    /// The next request.
    Idle,
    /// Something to answer.
    Held(HeldId),
    /// The log, to take a message.
    Publishing(Box<Publishing>),
    /// The log, to say what a held poll is answered with.
    Reading(Box<Reading>),
    /// The socket, to take the rest of the answer.
    Writing(Box<Rest>),
}

/// A publish that is under way.
pub(super) struct Publishing {
    pub(super) outcome: BoxFuture<'static, Result<Outcome, LogError>>,
    /// The request, for the router to say what is wrong if it fails. To publish it again there does no harm: it has a
    /// key.
    pub(super) request: Bytes,
}

/// A held poll for which the log is read.
pub(super) struct Reading {
    pub(super) read: LogRead,
    /// The position that its client has reached.
    pub(super) after: Cursor,
}

/// The rest of an answer.
pub(super) struct Rest {
    bytes: Bytes,
    /// Whether the connection is closed after it.
    is_last: bool,
    /// The bytes that the client has taken since the deadline was set.
    progress: Progress,
}

/// Reads, of 4 KiB each, from a connection before it is closed; a client that sends more may lose the answer.
const LEFT_UNREAD: usize = 16;

/// All connections of a loop, by number.
pub(super) struct Connections {
    all: Slab<Connection>,
    registry: Registry,
    wheel: Wheel,
    responses: Responses,
    idle_timeout: Duration,
    stall_rule: StallRule,
    /// Whether connections are closed as soon as they are idle.
    pub(super) is_stopping: bool,
    /// Those that may have something to read, of which no event will tell.
    pub(super) unread: Vec<usize>,
    /// The time as of this turn.
    pub(super) now: Instant,
}

impl Connections {
    pub(super) fn new(registry: Registry, idle_timeout: Duration, stall_rule: StallRule) -> Self {
        let now = Instant::now();
        Self {
            all: Slab::new(),
            registry,
            wheel: Wheel::new(now),
            responses: Responses::new(now),
            idle_timeout,
            stall_rule,
            is_stopping: false,
            unread: Vec::new(),
            now,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Connection> {
        self.all.get_mut(number)
    }

    /// The address of the other end.
    pub(super) fn peer(&self, number: usize) -> Option<IpAddr> {
        self.all.get(number)?.stream.peer_addr().ok().map(|address| address.ip())
    }

    /// Watches a connection from now on, idle as it is.
    pub(super) fn add(&mut self, mut stream: TcpStream, seat: Seat) -> Option<usize> {
        let entry = self.all.vacant_entry();
        let number = entry.key();
        if let Err(error) = self.registry.register(&mut stream, Token(number), Interest::READABLE) {
            tracing::warn!(%error, "a connection could not be watched");
            return None;
        }
        entry.insert(Connection {
            stream,
            state: State::Idle,
            deadline: 0,
            alarm: 0,
            has_unread: false,
            has_ended: false,
            seat,
        });
        self.set_deadline(number, self.idle_timeout);
        Some(number)
    }

    /// Watches it no more.
    pub(super) fn remove(&mut self, number: usize) -> Option<(TcpStream, Seat)> {
        let mut connection = self.all.try_remove(number)?;
        if let Err(error) = self.registry.deregister(&mut connection.stream) {
            tracing::debug!(%error, "a connection was not watched");
        }
        Some((connection.stream, connection.seat))
    }

    /// Notes that the connection's poll is held, for `wait` at most.
    pub(super) fn hold(&mut self, number: usize, id: HeldId, wait: Duration) {
        if let Some(connection) = self.all.get_mut(number) {
            connection.state = State::Held(id);
            self.set_deadline(number, wait);
        }
    }

    /// Answers a poll.
    pub(super) fn answer(&mut self, hub: &Hub, number: usize, answer: &Answer) {
        let is_last = hub.is_closing();
        hub.metrics().answered(200, None);
        let bytes = self.responses.batch(&answer.body, is_last, self.now);
        self.send(number, bytes, is_last);
    }

    /// Answers a publish.
    pub(super) fn confirm(&mut self, number: usize, entry: &Committed, is_new: bool, is_last: bool) {
        let bytes = self.responses.entry(entry, is_new, is_last, self.now);
        self.send(number, bytes, is_last);
    }

    fn send(&mut self, number: usize, mut bytes: Bytes, is_last: bool) {
        let Some(connection) = self.all.get_mut(number) else { return };
        match connection.write(&mut bytes) {
            Ok(_) if bytes.is_empty() => self.after_answer(number, is_last),
            Ok(_) => {
                let progress = Progress::default();
                connection.state = State::Writing(Box::new(Rest { bytes, is_last, progress }));
                self.set_deadline(number, self.stall_rule.window);
                self.watch_for(number, Interest::READABLE | Interest::WRITABLE);
            }
            Err(error) => self.end(number, &error),
        }
    }

    /// Goes on writing.
    pub(super) fn write(&mut self, number: usize) {
        let Some(connection) = self.all.get_mut(number) else { return };
        let State::Writing(mut rest) = std::mem::replace(&mut connection.state, State::Idle) else { return };
        match connection.write(&mut rest.bytes) {
            Ok(_) if rest.bytes.is_empty() => {
                self.watch_for(number, Interest::READABLE);
                self.after_answer(number, rest.is_last);
            }
            Ok(written) => {
                rest.progress.add(written);
                connection.state = State::Writing(rest);
            }
            Err(error) => self.end(number, &error),
        }
    }

    /// At the end of a window: closes the connection if its client has taken too little of the answer.
    pub(super) fn check_progress(&mut self, number: usize) {
        // The kernel tells of room only when there is a good deal of it. What the client has taken until now shows when it
        // is tried.
        self.write(number);
        let Some(connection) = self.all.get_mut(number) else { return };
        let State::Writing(rest) = &mut connection.state else { return };
        if self.stall_rule.goes_on(&mut rest.progress, &SockRef::from(&connection.stream)) {
            self.set_deadline(number, self.stall_rule.window);
        } else {
            self.remove(number);
        }
    }

    /// The connections whose time has come, each with what it waited for.
    pub(super) fn due(&mut self) -> Vec<usize> {
        let alarms = self.wheel.due(self.now);
        let now = self.wheel.now();
        let mut due = Vec::new();
        for number in alarms {
            let Some(connection) = self.all.get_mut(number as usize) else { continue };
            // Otherwise it is an old alarm, most likely of another connection of this number.
            if connection.alarm != 0 && connection.alarm <= now {
                connection.alarm = 0;
                if connection.deadline <= now {
                    due.push(number as usize);
                } else {
                    connection.alarm = self.wheel.schedule(number, connection.deadline);
                }
            }
        }
        due
    }

    /// When [`Connections::due`] has something at the earliest.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.wheel.next()
    }

    /// Closes everything that waits for nothing but the next request, and the others as soon as they would.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
        let is_idle = |(number, connection): (usize, &Connection)| {
            matches!(connection.state, State::Idle).then_some(number)
        };
        let idle: Vec<usize> = self.all.iter().filter_map(is_idle).collect();
        for number in idle {
            self.remove(number);
        }
    }

    fn after_answer(&mut self, number: usize, is_last: bool) {
        let Some(connection) = self.all.get_mut(number) else { return };
        connection.state = State::Idle;
        if is_last || self.is_stopping {
            // Says so to the client before the socket is closed. What it has asked meanwhile is read, though nobody will
            // answer: closed with something unread, a socket takes back what is still on its way.
            let _ = connection.stream.shutdown(Shutdown::Write);
            let mut unread = [0; 4096];
            for _ in 0..LEFT_UNREAD {
                if !connection.stream.read(&mut unread).is_ok_and(|length| length == unread.len()) {
                    break;
                }
            }
            self.remove(number);
            return;
        }
        // The end of what a client sends is read like everything that it sends.
        if std::mem::take(&mut connection.has_unread) || connection.has_ended {
            self.unread.push(number);
        }
        self.set_deadline(number, self.idle_timeout);
    }

    fn end(&mut self, number: usize, error: &io::Error) {
        tracing::debug!(%error, "connection ended");
        self.remove(number);
    }

    fn watch_for(&mut self, number: usize, interest: Interest) {
        if let Some(connection) = self.all.get_mut(number)
            && let Err(error) = self.registry.reregister(&mut connection.stream, Token(number), interest)
        {
            self.end(number, &error);
        }
    }

    fn set_deadline(&mut self, number: usize, wait: Duration) {
        let deadline = self.wheel.tick(self.now + wait);
        if let Some(connection) = self.all.get_mut(number) {
            connection.deadline = deadline;
            // An earlier alarm will find the new deadline.
            if connection.alarm == 0 || deadline < connection.alarm {
                // There are fewer connections than u32 counts: each has a file descriptor.
                connection.alarm = self.wheel.schedule(u32::try_from(number).unwrap_or(u32::MAX), deadline);
            }
        }
    }
}

impl Connection {
    /// Whether there is something to read.
    pub(super) fn has_said_more(&self) -> bool {
        self.stream.peek(&mut [0]).is_ok_and(|count| count > 0)
    }

    /// Writes as much as goes without waiting, and takes it off `bytes`. Answers how much that was.
    fn write(&mut self, bytes: &mut Bytes) -> io::Result<usize> {
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
