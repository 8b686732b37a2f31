//! The connections of one event loop: adding, answering, closing, deadlines.

use std::io;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use slab::Slab;
use socket2::SockRef;
use tokio::time::Instant;

use super::connection::{Connection, Rest, State};
use super::response::Responses;
use super::wheel::Wheel;
use crate::api::{ApiError, HoldLease, Reply, RequestId};
use crate::hub::{Answer, HeldId, Hub, PollError};
use crate::serve::connection_limit::ConnectionPermit;
use crate::serve::end_output::end_output;
use crate::serve::handoff::Handoff;
use crate::serve::stall::{Progress, StallRule};

/// The connections of a loop, by number.
pub(super) struct Connections {
    all: Slab<Connection>,
    registry: Registry,
    wheel: Wheel,
    responses: Responses,
    idle_timeout: Duration,
    stall_rule: StallRule,
    /// Whether connections are closed as soon as they are idle.
    pub(super) is_stopping: bool,
    /// The connections that may have input for which no event will come.
    pub(super) unread: Vec<usize>,
    /// The time of the present turn.
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

    /// Whether the browser's connection was encrypted at the last request.
    fn is_tls(&self, number: usize) -> bool {
        self.all.get(number).is_some_and(|connection| connection.is_tls)
    }

    /// Adds an idle connection.
    pub(super) fn add(&mut self, mut stream: TcpStream, permit: ConnectionPermit) -> Option<usize> {
        let peer = stream.peer_addr().ok().map(|peer| peer.ip());
        let entry = self.all.vacant_entry();
        let number = entry.key();
        if let Err(error) = self.registry.register(&mut stream, Token(number), Interest::READABLE) {
            tracing::warn!(%error, "a connection could not be watched");
            return None;
        }
        entry.insert(Connection {
            stream,
            peer,
            state: State::Idle,
            known_head: None,
            request_id: None,
            deadline: 0,
            alarm: 0,
            has_unread: false,
            is_tls: false,
            peer_closed: false,
            permit,
        });
        self.set_deadline(number, self.idle_timeout);
        Some(number)
    }

    /// Removes a connection, and returns it together with its input; dropping it closes the connection.
    pub(super) fn remove(&mut self, number: usize, first: Bytes) -> Option<Handoff> {
        let Connection { mut stream, permit, .. } = self.all.try_remove(number)?;
        if let Err(error) = self.registry.deregister(&mut stream) {
            tracing::debug!(%error, "a connection was not watched");
        }
        Some(Handoff { stream: stream.into(), first, permit })
    }

    /// Closes a connection.
    pub(super) fn close(&mut self, number: usize) {
        drop(self.remove(number, Bytes::new()));
    }

    /// Closes a connection whose client may still read answers.
    pub(super) fn finish(&mut self, number: usize) {
        if let Some(connection) = self.all.get_mut(number) {
            end_output(&connection.stream);
        }
        self.close(number);
    }

    /// Notes that the connection's poll is held, for `wait` at most.
    pub(super) fn hold(&mut self, number: usize, (id, lease): (HeldId, HoldLease), wait: Duration) {
        if let Some(connection) = self.all.get_mut(number) {
            connection.state = State::Held { id, _lease: lease };
            self.set_deadline(number, wait);
        }
    }

    /// Answers a poll with a batch, or refuses it.
    pub(super) fn reply_to_poll(&mut self, hub: &Hub, number: usize, answer: Result<Answer, PollError>) {
        match answer {
            Ok(answer) => self.answer_poll(hub, number, &answer),
            Err(error) => self.refuse(hub, number, error.into()),
        }
    }

    /// Answers a poll with a batch.
    fn answer_poll(&mut self, hub: &Hub, number: usize, answer: &Answer) {
        let is_last = hub.is_closing();
        hub.metrics().answered(200, None);
        let is_tls = self.is_tls(number);
        let bytes = self.responses.batch(&answer.body, is_tls, is_last, self.now);
        tracing::debug!(connection = number, status = 200, "answered");
        self.send(number, bytes, is_last);
    }

    /// Refuses a poll. One whose id is not known gets a new one.
    pub(super) fn refuse(&mut self, hub: &Hub, number: usize, error: ApiError) {
        let known = self.all.get_mut(number).and_then(|connection| connection.request_id.take());
        let (is_last, id) = (hub.is_closing(), known.map_or_else(RequestId::make, |id| *id));
        let reply = Reply::from(error).identified(&id).over(self.is_tls(number));
        hub.metrics().answered(reply.status, reply.problem);
        tracing::debug!(connection = number, status = reply.status, %id, "refused");
        let bytes = self.responses.encode(&reply, is_last, self.now);
        self.send(number, bytes, is_last);
    }

    /// Answers a connection that waits for a read of the log, if the read is done; otherwise `waker` is
    /// called when it is.
    pub(super) fn poll_pending(&mut self, hub: &Hub, number: usize, waker: &Waker) {
        let Some(connection) = self.all.get_mut(number) else { return };
        let context = &mut Context::from_waker(waker);
        let State::Reading(read) = &mut connection.state else { return };
        if let Poll::Ready(answer) = read.poll_unpin(context) {
            self.reply_to_poll(hub, number, answer);
        }
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

    /// Continues writing the response.
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

    /// Closes the connection if its client has taken too little of the answer by the end of a window.
    pub(super) fn check_progress(&mut self, number: usize) {
        // The kernel reports a socket as writable only with considerable space. A write shows how much the
        // client has taken so far.
        self.write(number);
        let Some(connection) = self.all.get_mut(number) else { return };
        let State::Writing(rest) = &mut connection.state else { return };
        if self.stall_rule.allows_next_window(&mut rest.progress, &SockRef::from(&connection.stream)) {
            self.set_deadline(number, self.stall_rule.window);
        } else {
            self.close(number);
        }
    }

    /// The connections whose deadlines have passed.
    pub(super) fn due(&mut self) -> Vec<usize> {
        let alarms = self.wheel.due(self.now);
        let now = self.wheel.now();
        let mut due = Vec::new();
        for number in alarms {
            let Some(connection) = self.all.get_mut(number as usize) else { continue };
            // Any other alarm is stale, most likely one of an earlier connection with this number.
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

    /// The earliest time at which [`Connections::due`] may return connections.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.wheel.next()
    }

    /// Closes idle connections, and the others once they become idle.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
        let is_idle = |(number, connection): (usize, &Connection)| {
            matches!(connection.state, State::Idle).then_some(number)
        };
        let idle: Vec<usize> = self.all.iter().filter_map(is_idle).collect();
        for number in idle {
            self.finish(number);
        }
    }

    fn after_answer(&mut self, number: usize, is_last: bool) {
        let Some(connection) = self.all.get_mut(number) else { return };
        connection.state = State::Idle;
        if is_last || self.is_stopping {
            self.finish(number);
            return;
        }
        // The end of input is read like input.
        if std::mem::take(&mut connection.has_unread) || connection.peer_closed {
            self.unread.push(number);
        }
        self.set_deadline(number, self.idle_timeout);
    }

    fn end(&mut self, number: usize, error: &io::Error) {
        tracing::debug!(%error, "connection ended");
        self.close(number);
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
                // Each connection has a file descriptor, so their number fits into u32.
                connection.alarm = self.wheel.schedule(u32::try_from(number).unwrap_or(u32::MAX), deadline);
            }
        }
    }
}
