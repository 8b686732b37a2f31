//! The baseline: the least that a server with a log and a cursor can do for a held poll. One thread, one epoll, one read
//! and one write a delivery, no allocation per request, memory only. Responses have the shape and length of Holdline's, so
//! whatever another server costs above the baseline is its own. Not for real use: no request is checked.

mod handler;
mod request;
mod room;

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with, sockopt};

pub(crate) use self::handler::serve as serve_with_axum;
use self::request::{Request, parse};
use self::room::Room;
use crate::net::{Events, Poller};

/// The listener's token.
const ACCEPT: u64 = u64::MAX;
const READ: usize = 64 << 10;

/// Options of the baseline.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// The time that a response waits for more messages after the first; zero responds after each look at the
    /// sockets.
    pub(crate) window: Duration,
    /// Drops every n-th message so that the loss check has something to find; 0 drops none.
    pub(crate) drop_every: usize,
}

/// Serves until the process is stopped.
pub(crate) fn serve(address: SocketAddr, options: Options) -> Result<()> {
    crate::net::raise_file_limit()?;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    // All subscribers may connect at once.
    rustix::net::listen(&listener, 4096)?;
    listener.set_nonblocking(true)?;
    // Accepted sockets inherit the option.
    sockopt::set_tcp_nodelay(&listener, true)?;
    let poller = Poller::new()?;
    poller.add(&listener, ACCEPT)?;
    let mut baseline = Baseline {
        poller,
        listener,
        conns: Vec::new(),
        rooms: Vec::new(),
        names: HashMap::new(),
        partial_requests: HashMap::new(),
        unsent: HashMap::new(),
        dirty: Vec::new(),
        due: None,
        options,
        response: Vec::new(),
    };
    let (mut events, mut buffer) = (Poller::events(), vec![0; READ]);
    loop {
        baseline.run_once(&mut events, &mut buffer)?;
    }
}

struct Baseline {
    poller: Poller,
    listener: TcpListener,
    /// The connections, by descriptor.
    conns: Vec<Option<TcpStream>>,
    rooms: Vec<Room>,
    names: HashMap<Box<[u8]>, usize>,
    /// Incomplete requests, and unsent parts of responses: both rare.
    partial_requests: HashMap<usize, Vec<u8>>,
    unsent: HashMap<usize, Vec<u8>>,
    /// Rooms with news for their waiters, and when to deliver it.
    dirty: Vec<usize>,
    due: Option<Instant>,
    options: Options,
    /// A buffer for the response.
    response: Vec<u8>,
}

impl Baseline {
    fn run_once(&mut self, events: &mut Events, buffer: &mut [u8]) -> Result<()> {
        let wait = self.due.map(|due| due.saturating_duration_since(Instant::now()));
        self.poller.wait(events, wait)?;
        for event in events.iter() {
            let token = event.data.u64();
            if token == ACCEPT {
                self.accept()?;
            } else if let Ok(conn) = usize::try_from(token) {
                self.flush(conn)?;
                self.read(conn, buffer)?;
            }
        }
        if !self.dirty.is_empty() && self.due.is_none_or(|due| due <= Instant::now()) {
            self.due = None;
            self.deliver()?;
        }
        Ok(())
    }

    fn accept(&mut self) -> Result<()> {
        loop {
            match accept_with(&self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
                Ok(conn) => {
                    let conn = TcpStream::from(conn);
                    let at = usize::try_from(conn.as_raw_fd())?;
                    self.poller.add(&conn, at as u64)?;
                    if self.conns.len() <= at {
                        self.conns.resize_with(at + 1, || None);
                    }
                    self.conns[at] = Some(conn);
                }
                Err(Errno::AGAIN) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&mut self, conn: usize, buffer: &mut [u8]) -> Result<()> {
        let Some(stream) = self.conns.get_mut(conn).and_then(Option::as_mut) else { return Ok(()) };
        let length = match stream.read(buffer) {
            Ok(length) if length > 0 => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            _ => {
                self.close(conn);
                return Ok(());
            }
        };
        if self.partial_requests.is_empty() || !self.partial_requests.contains_key(&conn) {
            let used = self.handle(conn, &buffer[..length])?;
            if used < length {
                self.partial_requests.insert(conn, buffer[used..length].to_vec());
            }
            return Ok(());
        }
        let mut partial = self.partial_requests.remove(&conn).unwrap_or_default();
        partial.extend_from_slice(&buffer[..length]);
        let used = self.handle(conn, &partial)?;
        if used < partial.len() {
            self.partial_requests.insert(conn, partial.split_off(used));
        }
        Ok(())
    }

    /// Handles the requests in these bytes. Returns their length.
    fn handle(&mut self, conn: usize, bytes: &[u8]) -> Result<usize> {
        let mut used = 0;
        while let Some((request, length)) = parse(&bytes[used..]) {
            used += length;
            match request {
                Request::Poll { room, after, hold } => self.poll(conn, room, after, hold)?,
                Request::Publish { room, text } => self.publish(conn, room, text)?,
                Request::Room { room } => {
                    self.room(room);
                    self.send_fixed(conn, room::CREATED)?;
                }
                Request::Other => self.send_fixed(conn, room::SESSION)?,
            }
        }
        Ok(used)
    }

    fn poll(&mut self, conn: usize, name: &[u8], after: Option<usize>, hold: bool) -> Result<()> {
        let at = self.room(name);
        let room = &mut self.rooms[at];
        let after = after.unwrap_or(room.head());
        if hold && (after >= room.head() || !self.options.window.is_zero()) {
            if after < room.head() {
                self.mark_dirty(at);
            }
            self.rooms[at].wait(conn, after);
            return Ok(());
        }
        room.response(after, &mut self.response);
        self.send(conn)
    }

    fn publish(&mut self, conn: usize, name: &[u8], text: &[u8]) -> Result<()> {
        let at = self.room(name);
        self.rooms[at].append(name, text, self.options.drop_every, &mut self.response);
        self.mark_dirty(at);
        self.send(conn)
    }

    fn mark_dirty(&mut self, room: usize) {
        if !self.rooms[room].dirty {
            self.rooms[room].dirty = true;
            self.dirty.push(room);
        }
        if self.due.is_none() && !self.options.window.is_zero() {
            self.due = Some(Instant::now() + self.options.window);
        }
    }

    /// Responds to all waiters of the dirty rooms: one write each, of the same bytes where cursors are equal.
    fn deliver(&mut self) -> Result<()> {
        let mut dirty = std::mem::take(&mut self.dirty);
        for at in dirty.drain(..) {
            self.rooms[at].dirty = false;
            let mut waiting = std::mem::take(&mut self.rooms[at].waiting);
            let mut encoded = None;
            for waiter in waiting.drain(..) {
                if encoded != Some(waiter.after) {
                    encoded = Some(waiter.after);
                    self.rooms[at].response(waiter.after as usize, &mut self.response);
                }
                self.send(waiter.conn as usize)?;
            }
            self.rooms[at].waiting = waiting;
        }
        self.dirty = dirty;
        Ok(())
    }

    fn room(&mut self, name: &[u8]) -> usize {
        if let Some(at) = self.names.get(name) {
            return *at;
        }
        self.rooms.push(Room::default());
        self.names.insert(name.into(), self.rooms.len() - 1);
        self.rooms.len() - 1
    }

    fn send_fixed(&mut self, conn: usize, response: &[u8]) -> Result<()> {
        self.response.clear();
        self.response.extend_from_slice(response);
        self.send(conn)
    }

    /// Writes the response.
    fn send(&mut self, conn: usize) -> Result<()> {
        let Some(stream) = self.conns.get_mut(conn).and_then(Option::as_mut) else { return Ok(()) };
        let written = match stream.write(&self.response) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => {
                self.close(conn);
                return Ok(());
            }
        };
        if written < self.response.len() {
            self.unsent.entry(conn).or_default().extend_from_slice(&self.response[written..]);
            self.poller.watch_writing(&*stream, conn as u64, true)?;
        }
        Ok(())
    }

    /// Writes the unsent part of a response.
    fn flush(&mut self, conn: usize) -> Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let Some(mut rest) = self.unsent.remove(&conn) else { return Ok(()) };
        let Some(stream) = self.conns.get_mut(conn).and_then(Option::as_mut) else { return Ok(()) };
        let written = match stream.write(&rest) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => rest.len(),
        };
        rest.drain(..written);
        if rest.is_empty() {
            self.poller.watch_writing(&*stream, conn as u64, false)?;
        } else {
            self.unsent.insert(conn, rest);
        }
        Ok(())
    }

    fn close(&mut self, conn: usize) {
        self.conns[conn] = None;
        self.partial_requests.remove(&conn);
        self.unsent.remove(&conn);
        for room in &mut self.rooms {
            room.leave(conn);
        }
    }
}
