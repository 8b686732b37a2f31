//! The event loop that holds polls. A parked poll owns a socket, a place in a room's list, a position and a deadline, and
//! nothing else: no task, no buffer, no timer. One thread does everything for its connections, so that nothing of theirs
//! has to be shared; it reads into one buffer and writes from the one that all have in common.
//!
//! It also publishes, as those who poll say something now and then, and a room in which much is said is busy with that.
//! All that it ever says by itself is that a poll or a publish went well. Any other request, and one that is wrong in any
//! way, or for which the log has to be read, goes to hyper and the router together with its connection.

mod acceptor;
mod connections;
mod remote;
mod request;
mod response;
mod waiting_for_log;
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
use self::connections::{Connections, Reading, State};
use self::remote::Message;
use self::request::{Asked, HeaderSlots, Queries, Request};
use super::admission::Admission;
use super::plain::{Plain, Traveller};
use crate::http::{App, Caller, LastHost, enter};
use crate::hub::{Begin, Completed, HeldPolls, LogReads, PollRequest, ReadySet, Reply};

pub(super) use self::remote::Remote;
pub(super) use self::request::is_ours;

/// The longest request that is looked at, in bytes.
const BUFFER: usize = 8 * 1024;
/// Events in one turn.
const EVENTS: usize = 1024;
/// The loop's own bell. Listeners are numbered downwards from it, connections upwards from zero.
const BELL: usize = usize::MAX;
/// Numbers from here on are listeners.
const LISTENERS: usize = usize::MAX / 2;

/// Starts this many loops, each a thread. The first one accepts for all of them, so that no other is woken in vain. To
/// be called within a tokio runtime, where hyper will run.
pub(super) fn start(
    count: usize,
    listeners: &[std::net::TcpListener],
    app: &App,
    admission: &Arc<Admission>,
    plain: &Arc<Plain>,
) -> io::Result<Vec<Arc<Remote>>> {
    let mut loops = Vec::new();
    for _ in 0..count {
        loops.push(EventLoop::new(app.clone(), admission.clone(), plain.clone())?);
    }
    let remotes: Vec<_> = loops.iter().map(|one| one.remote.clone()).collect();
    if let Some(first) = loops.first_mut() {
        first.acceptor.listen(listeners, &remotes, first.poll.registry(), BELL - 1)?;
    }
    for (number, one) in loops.into_iter().enumerate() {
        let thread = std::thread::Builder::new().name(format!("polls-{number}"));
        thread.spawn(move || one.run()).inspect_err(|_| remotes.iter().for_each(|remote| remote.cut()))?;
    }
    Ok(remotes)
}

/// One loop and its connections.
struct EventLoop {
    poll: mio::Poll,
    remote: Arc<Remote>,
    acceptor: Acceptor,
    connections: Connections,
    held: HeldPolls<u32>,
    buffer: Box<[u8]>,
    queries: Queries,
    last_host: LastHost,
    /// Publishes that are settled, by the numbers of their connections.
    settled: Arc<ReadySet>,
    app: App,
    plain: Arc<Plain>,
    tokio: Handle,
    /// Being there, it says that somebody is still served.
    _serving: mpsc::Sender<()>,
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.remote.close();
        if std::thread::panicking() {
            tracing::error!("an event loop has failed; the server stops");
            self.plain.fail();
        }
    }
}

impl EventLoop {
    fn new(app: App, admission: Arc<Admission>, plain: Arc<Plain>) -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let remote = Arc::new(Remote::new(mio::Waker::new(poll.registry(), Token(BELL))?));
        let bell = Waker::from(remote.clone());
        Ok(Self {
            held: app.hub.held_polls(bell.clone()),
            connections: Connections::new(
                poll.registry().try_clone()?,
                plain.idle_timeout(),
                plain.stall_rule(),
            ),
            poll,
            remote,
            acceptor: Acceptor::new(admission),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            queries: Queries::default(),
            last_host: LastHost::default(),
            settled: Arc::new(ReadySet::new(bell)),
            app,
            tokio: Handle::current(),
            _serving: plain.serving(),
            plain,
        })
    }

    /// Serves until it was told to stop and the last connection is gone, or until it is told to end at once.
    fn run(mut self) {
        let tokio = self.tokio.clone();
        let _runtime = tokio.enter();
        let mut events = Events::with_capacity(EVENTS);
        'turns: while !(self.connections.is_stopping && self.connections.is_empty()) {
            self.remote.falls_asleep();
            if let Err(error) = self.poll.poll(&mut events, self.timeout())
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "an event loop cannot go on");
                break;
            }
            self.remote.wakes_up();
            self.connections.now = Instant::now();
            for event in &events {
                self.take(event);
            }
            if self.acceptor.next().is_some_and(|at| at <= self.connections.now) {
                self.acceptor.accept(&mut self.connections);
            }
            for message in self.remote.take() {
                match message {
                    Message::Take(traveller) => self.welcome(traveller),
                    Message::Stop => self.stop(),
                    Message::Cut => break 'turns,
                }
            }
            for number in self.settled.take() {
                self.settle(number as usize);
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

    /// How long there is nothing to do unless something happens.
    fn timeout(&self) -> Option<Duration> {
        if self.remote.has_messages() || self.held.has_ready() || !self.settled.is_empty() {
            return Some(Duration::ZERO);
        }
        let next = [self.connections.next_due(), self.held.next_pass(), self.acceptor.next()];
        let next = next.into_iter().flatten().min()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    fn take(&mut self, event: &Event) {
        let Token(number) = event.token();
        if number == BELL {
            // What it rang for is looked after in every turn.
            return;
        }
        if number >= LISTENERS {
            self.acceptor.knock(self.connections.now);
            return;
        }
        let Some(connection) = self.connections.get_mut(number) else { return };
        if event.is_error() {
            self.close(number);
            return;
        }
        // A client that closes its sending side while its poll is held looks like one that has vanished, of which there are
        // many more; its poll ends. Hyper's way sees that only if nothing else was said before, and so do we. Everything
        // else that was asked is answered.
        let has_ended = event.is_read_closed();
        connection.has_ended |= has_ended;
        match connection.state {
            State::Idle | State::Held(_) if has_ended && !connection.has_said_more() => self.close(number),
            State::Idle if has_ended => self.hand_over_unread(number),
            State::Idle => self.read(number),
            State::Held(_) | State::Publishing(_) | State::Reading(_) => connection.has_unread = true,
            State::Writing(_) => {
                connection.has_unread |= event.is_readable();
                self.connections.write(number);
            }
        }
    }

    /// Takes a connection that was accepted elsewhere, or on which a poll has come while hyper had it.
    fn welcome(&mut self, traveller: Traveller) {
        let Traveller { stream, first, seat } = traveller;
        if self.connections.is_stopping && first.is_empty() {
            // It was on its way here when we were told.
            return;
        }
        if let Some(number) = self.connections.add(TcpStream::from_std(stream), seat)
            && !first.is_empty()
        {
            self.begin(number, &first);
        }
    }

    /// Reads a request. What does not fit into the buffer is no poll, and left where it is for hyper.
    fn read(&mut self, number: usize) {
        let Some(connection) = self.connections.get_mut(number) else { return };
        if !matches!(connection.state, State::Idle) {
            return;
        }
        if connection.has_ended {
            if connection.has_said_more() {
                self.hand_over_unread(number);
            } else {
                self.close(number);
            }
            return;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        match connection.stream.read(&mut buffer) {
            Ok(0) => self.close(number),
            // There may be more, of which no event will tell.
            Ok(length) if length == buffer.len() => self.hand_over(number, Bytes::copy_from_slice(&buffer)),
            // A short read says that there is no more, without being asked again (epoll(7)).
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

    /// Answers or holds what was read, if it is something for us with which all is well.
    fn begin(&mut self, number: usize, bytes: &[u8]) {
        let is_begun =
            Request::parse(bytes, &mut HeaderSlots::new()).is_some_and(|request| match request.asked {
                Asked::Poll(query) => self.begin_poll(number, query, &request),
                Asked::Publish { room, body } => self.begin_publish(number, room, body, &request, bytes),
            });
        if !is_begun {
            self.hand_over(number, Bytes::copy_from_slice(bytes));
        }
    }

    fn begin_poll(&mut self, number: usize, query: &str, request: &Request<'_>) -> bool {
        match self.ask(number, query, request) {
            Some((Begin::Held(id), wait)) => self.connections.hold(number, id, wait),
            Some((Begin::Completed(completed), _)) if !completed.needs_log() => {
                self.answer(completed, &mut LogReads::default());
            }
            Some(_) | None => return false,
        }
        true
    }

    fn ask(&mut self, number: usize, query: &str, request: &Request<'_>) -> Option<(Begin<u32>, Duration)> {
        let caller = self.find_caller(number, request)?;
        let query = self.queries.parse(query)?;
        let hub = &self.app.hub;
        let wait = query.wait.unwrap_or(hub.config().wait);
        let admitted = hub.admit(&query.rooms, query.after, wait).ok()?;
        let presence = enter(&self.app, query, &caller, || request.credentials()).ok()?;
        let request = PollRequest { rooms: &query.rooms, admitted, presence };
        let key = u32::try_from(number).ok()?;
        let begin = self.held.begin(key, request, self.connections.now).ok()?;
        Some((begin, admitted.wait))
    }

    /// The caller as the router would find it; nothing when the router would refuse.
    fn find_caller(&mut self, number: usize, request: &Request<'_>) -> Option<Caller> {
        let Self { app, connections, last_host, .. } = self;
        let peer = || connections.peer(number);
        Caller::find_again(&app.config, peer, &request.caller_headers(), request.line(), last_host).ok()
    }

    fn answer_held(&mut self) {
        let mut reads = LogReads::default();
        let mut completed = Vec::new();
        let Self { held, connections, app, .. } = self;
        held.deliver_ready(connections.now, |one| {
            if one.needs_log() {
                completed.push(one);
            } else {
                let (number, answer) = app.hub.answers().answer(one);
                connections.answer(&app.hub, number as usize, &answer);
            }
        });
        for one in completed {
            self.answer(one, &mut reads);
        }
    }

    /// Answers a poll, at once or when the log was read for it.
    fn answer(&mut self, completed: Completed<u32>, reads: &mut LogReads) {
        let after = completed.after();
        let (number, reply) = reads.reply(self.app.hub.answers(), completed);
        let number = number as usize;
        match reply {
            Reply::Ready(answer) => self.connections.answer(&self.app.hub, number, &answer),
            Reply::Reading(read) => {
                if let Some(connection) = self.connections.get_mut(number) {
                    connection.state = State::Reading(Box::new(Reading { read, after }));
                    self.settle(number);
                }
            }
        }
    }

    fn time_is_up(&mut self, number: usize) {
        match self.connections.get_mut(number).map(|connection| &connection.state) {
            Some(&State::Held(id)) => {
                if let Some(completed) = self.held.expire(id) {
                    self.answer(completed, &mut LogReads::default());
                }
            }
            Some(State::Idle) => self.close(number),
            Some(State::Writing(_)) => self.connections.check_progress(number),
            // The log answers.
            Some(State::Publishing(_) | State::Reading(_)) | None => {}
        }
    }

    /// The client has closed its side after it said something: hyper decides what that is worth, and keeps the connection.
    fn hand_over_unread(&mut self, number: usize) {
        self.leave(number, Bytes::new(), None);
    }

    fn hand_over(&mut self, number: usize, first: Bytes) {
        self.leave(number, first, Some(self.remote.clone()));
    }

    fn leave(&mut self, number: usize, first: Bytes, home: Option<Arc<Remote>>) {
        if let Some((stream, seat)) = self.connections.remove(number) {
            let traveller = Traveller { stream: stream.into(), first, seat };
            self.tokio.spawn(self.plain.clone().take_over(traveller, home));
        }
    }

    fn close(&mut self, number: usize) {
        if let Some(&mut State::Held(id)) =
            self.connections.get_mut(number).map(|connection| &mut connection.state)
        {
            self.held.cancel(id);
        }
        self.connections.remove(number);
    }

    fn stop(&mut self) {
        self.acceptor.close();
        self.connections.stop();
    }
}
