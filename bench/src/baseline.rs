//! The floor: the least that a server with a log and a cursor can do for a held poll. One thread, one epoll, one read
//! and one write a delivery, nothing allocated a request, memory only. It says what ours says, in the same shape, so
//! what another server costs above it is that server's own. No server for people: it believes whatever it is told.

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

use self::request::{Request, parse};
use self::room::Room;
use crate::net::{Events, Poller};

/// The token of the socket that accepts.
const ACCEPT: u64 = u64::MAX;
const READ: usize = 64 << 10;

/// What the floor is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct FloorOrders {
    /// How long an answer waits for more messages after the first; zero answers after each look at the sockets.
    pub window: Duration,
    /// Passes over every so manieth message, to show that the counting sees it; zero passes over none.
    pub lose_every: usize,
}

/// Serves until the process is stopped.
pub fn serve_floor(address: SocketAddr, orders: FloorOrders) -> Result<()> {
    crate::net::raise_file_limit()?;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    // Anyone may come at once.
    rustix::net::listen(&listener, 4096)?;
    listener.set_nonblocking(true)?;
    // Whoever is accepted inherits it.
    sockopt::set_tcp_nodelay(&listener, true)?;
    let poller = Poller::new()?;
    poller.add(&listener, ACCEPT)?;
    let mut floor = Floor {
        poller,
        listener,
        lines: Vec::new(),
        rooms: Vec::new(),
        names: HashMap::new(),
        halves: HashMap::new(),
        unsent: HashMap::new(),
        dirty: Vec::new(),
        due: None,
        orders,
        answer: Vec::new(),
    };
    let (mut events, mut buffer) = (Poller::events(), vec![0; READ]);
    loop {
        floor.turn(&mut events, &mut buffer)?;
    }
}

struct Floor {
    poller: Poller,
    listener: TcpListener,
    /// By descriptor.
    lines: Vec<Option<TcpStream>>,
    rooms: Vec<Room>,
    names: HashMap<Box<[u8]>, usize>,
    /// Requests of which a part is missing, and answers of which a part could not be written: both rare.
    halves: HashMap<usize, Vec<u8>>,
    unsent: HashMap<usize, Vec<u8>>,
    /// Rooms with waiters who are to be answered, and when.
    dirty: Vec<usize>,
    due: Option<Instant>,
    orders: FloorOrders,
    /// The answer in the making.
    answer: Vec<u8>,
}

impl Floor {
    fn turn(&mut self, events: &mut Events, buffer: &mut [u8]) -> Result<()> {
        let wait = self.due.map(|due| due.saturating_duration_since(Instant::now()));
        self.poller.wait(events, wait)?;
        for event in events.iter() {
            let token = event.data.u64();
            if token == ACCEPT {
                self.accept()?;
            } else if let Ok(line) = usize::try_from(token) {
                self.flush(line)?;
                self.read(line, buffer)?;
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
                Ok(line) => {
                    let line = TcpStream::from(line);
                    let at = usize::try_from(line.as_raw_fd())?;
                    self.poller.add(&line, at as u64)?;
                    if self.lines.len() <= at {
                        self.lines.resize_with(at + 1, || None);
                    }
                    self.lines[at] = Some(line);
                }
                Err(Errno::AGAIN) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&mut self, line: usize, buffer: &mut [u8]) -> Result<()> {
        let Some(stream) = self.lines.get_mut(line).and_then(Option::as_mut) else { return Ok(()) };
        let length = match stream.read(buffer) {
            Ok(length) if length > 0 => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            _ => {
                self.close(line);
                return Ok(());
            }
        };
        if self.halves.is_empty() || !self.halves.contains_key(&line) {
            let used = self.obey(line, &buffer[..length])?;
            if used < length {
                self.halves.insert(line, buffer[used..length].to_vec());
            }
            return Ok(());
        }
        let mut half = self.halves.remove(&line).unwrap_or_default();
        half.extend_from_slice(&buffer[..length]);
        let used = self.obey(line, &half)?;
        if used < half.len() {
            self.halves.insert(line, half.split_off(used));
        }
        Ok(())
    }

    /// Obeys the requests in these bytes. Answers how many bytes they were.
    fn obey(&mut self, line: usize, bytes: &[u8]) -> Result<usize> {
        let mut used = 0;
        while let Some((request, length)) = parse(&bytes[used..]) {
            used += length;
            match request {
                Request::Poll { room, after, hold } => self.poll(line, room, after, hold)?,
                Request::Publish { room, text } => self.publish(line, room, text)?,
                Request::Room { room } => {
                    self.room(room);
                    self.canned(line, room::CREATED)?;
                }
                Request::Other => self.canned(line, room::SESSION)?,
            }
        }
        Ok(used)
    }

    fn poll(&mut self, line: usize, name: &[u8], after: Option<usize>, hold: bool) -> Result<()> {
        let at = self.room(name);
        let room = &mut self.rooms[at];
        let after = after.unwrap_or(room.head());
        if hold && (after >= room.head() || !self.orders.window.is_zero()) {
            if after < room.head() {
                self.mark(at);
            }
            self.rooms[at].wait(line, after);
            return Ok(());
        }
        room.answer(after, &mut self.answer);
        self.send(line)
    }

    fn publish(&mut self, line: usize, name: &[u8], text: &[u8]) -> Result<()> {
        let at = self.room(name);
        self.rooms[at].append(name, text, self.orders.lose_every, &mut self.answer);
        self.mark(at);
        self.send(line)
    }

    fn mark(&mut self, room: usize) {
        if !self.rooms[room].dirty {
            self.rooms[room].dirty = true;
            self.dirty.push(room);
        }
        if self.due.is_none() && !self.orders.window.is_zero() {
            self.due = Some(Instant::now() + self.orders.window);
        }
    }

    /// Answers everyone who waits in a room with something new: one write each, of the same bytes where they stand at
    /// the same place.
    fn deliver(&mut self) -> Result<()> {
        let mut dirty = std::mem::take(&mut self.dirty);
        for at in dirty.drain(..) {
            self.rooms[at].dirty = false;
            let mut waiting = std::mem::take(&mut self.rooms[at].waiting);
            let mut encoded = None;
            for waiter in waiting.drain(..) {
                if encoded != Some(waiter.after) {
                    encoded = Some(waiter.after);
                    self.rooms[at].answer(waiter.after as usize, &mut self.answer);
                }
                self.send(waiter.line as usize)?;
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

    fn canned(&mut self, line: usize, answer: &[u8]) -> Result<()> {
        self.answer.clear();
        self.answer.extend_from_slice(answer);
        self.send(line)
    }

    /// Writes the answer.
    fn send(&mut self, line: usize) -> Result<()> {
        let Some(stream) = self.lines.get_mut(line).and_then(Option::as_mut) else { return Ok(()) };
        let written = match stream.write(&self.answer) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => {
                self.close(line);
                return Ok(());
            }
        };
        if written < self.answer.len() {
            self.unsent.entry(line).or_default().extend_from_slice(&self.answer[written..]);
            self.poller.watch_writing(&*stream, line as u64, true)?;
        }
        Ok(())
    }

    /// Writes what could not be written before.
    fn flush(&mut self, line: usize) -> Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let Some(mut rest) = self.unsent.remove(&line) else { return Ok(()) };
        let Some(stream) = self.lines.get_mut(line).and_then(Option::as_mut) else { return Ok(()) };
        let written = match stream.write(&rest) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(_) => rest.len(),
        };
        rest.drain(..written);
        if rest.is_empty() {
            self.poller.watch_writing(&*stream, line as u64, false)?;
        } else {
            self.unsent.insert(line, rest);
        }
        Ok(())
    }

    fn close(&mut self, line: usize) {
        self.lines[line] = None;
        self.halves.remove(&line);
        self.unsent.remove(&line);
        for room in &mut self.rooms {
            room.leave(line);
        }
    }
}
