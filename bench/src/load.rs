//! The load generator: one thread, one epoll, requests from templates, barely parsed responses. Subscribes,
//! publishes, polls again after every response, and records every delivery.

mod publish;
mod round;
mod subscribe;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hdrhistogram::Histogram;

use crate::ledger::{Ledger, Progress, Tally};
use crate::net::{Events, Poller};
use crate::peer::{Peer, Position, Token};
use crate::process::Account;
use crate::response::{Response, numbers, text};
use crate::{blocking, interrupt, net};
pub(crate) use publish::PublishRate;
pub(crate) use round::Round;

/// Bytes of one read.
const READ: usize = 512 << 10;
/// The highest latency of a histogram with three digits, in nanoseconds: ten minutes.
const LONGEST: u64 = 600_000_000_000;

/// A peer under load.
pub(crate) struct Load {
    pub(crate) peer: Peer,
    pub(crate) account: Account,
    rooms: Vec<Room>,
    /// Rooms with subscribers; they come first.
    inhabited: usize,
    conns: Vec<Conn>,
    /// Publishers without an outstanding request.
    idle: Vec<usize>,
    subscribers: usize,
    publishers: u32,
    ledger: Ledger,
    /// The planned time of each message, in nanoseconds since `start`.
    sent: Vec<u64>,
    start: Instant,
    poller: Poller,
    events: Events,
    buffer: Vec<u8>,
    request: Vec<u8>,
    text_length: usize,
    count: Count,
}

/// Counts of the present stretch.
struct Count {
    delivered: u64,
    answers: u64,
    acknowledged: u64,
    last_acknowledged: u64,
    last_delivered: u64,
    latency: Histogram<u64>,
}

struct Room {
    name: String,
    members: u32,
    /// The cursor at which new subscribers begin.
    cursor: Token,
}

struct Conn {
    stream: TcpStream,
    role: Role,
    /// An incomplete response, and the unsent part of a request: both rare.
    partial: Vec<u8>,
    unsent: Vec<u8>,
}

enum Role {
    Subscriber { number: usize, room: u32, place: Progress, position: Position },
    Publisher { number: u32 },
}

impl Load {
    /// Loads this peer, after making the rooms.
    pub(crate) fn new(peer: Peer, rooms: usize, text_length: usize) -> Result<Self> {
        let account = Account::new(peer.running.id());
        let mut load = Self {
            account,
            rooms: Vec::new(),
            inhabited: 0,
            conns: Vec::new(),
            idle: Vec::new(),
            subscribers: 0,
            publishers: 0,
            ledger: Ledger::new(rooms),
            sent: Vec::new(),
            start: Instant::now(),
            poller: Poller::new()?,
            events: Poller::events(),
            buffer: vec![0; READ],
            request: Vec::new(),
            text_length,
            count: Count::new()?,
            peer,
        };
        load.make_rooms(rooms)?;
        Ok(load)
    }

    fn make_rooms(&mut self, rooms: usize) -> Result<()> {
        let names = (0..rooms).map(|room| format!("r{room}"));
        self.rooms =
            names.map(|name| Room { name, members: 0, cursor: Token::default() }).collect::<Vec<_>>();
        let Self { rooms, peer, request, .. } = self;
        let mut requests = Vec::with_capacity(rooms.len());
        for room in &*rooms {
            let mut request = Vec::new();
            if peer.protocol.make_room(&room.name, &mut request) {
                requests.push(request);
            }
        }
        blocking::all(peer.running.address, &requests)?;
        // A log has one order, so the cursor of the last room is that of all.
        if let Some(last) = rooms.last() {
            request.clear();
            if peer.protocol.ask_position(&last.name, request) {
                let mut position = Position::default();
                blocking::once(peer.running.address, request, |response| {
                    peer.protocol.advance(response, &mut position);
                })?;
                for room in rooms {
                    room.cursor = position.cursor;
                }
            }
        }
        Ok(())
    }

    /// Opens publishers until there are so many.
    pub(crate) fn open_publishers(&mut self, count: usize) -> Result<()> {
        while (self.publishers as usize) < count {
            let conn = self.open(Role::Publisher { number: self.publishers })?;
            self.publishers += 1;
            self.idle.push(conn);
        }
        Ok(())
    }

    fn open(&mut self, role: Role) -> Result<usize> {
        let conn = self.conns.len();
        let stream = net::connect(self.peer.running.address, conn)?;
        self.poller.add(&stream, conn as u64)?;
        self.conns.push(Conn { stream, role, partial: Vec::new(), unsent: Vec::new() });
        Ok(conn)
    }

    /// Handles responses until the server is idle.
    pub(crate) fn settle(&mut self) -> Result<()> {
        loop {
            self.account.settle()?;
            if !self.run_once(Some(Duration::ZERO))? {
                return Ok(());
            }
        }
    }

    /// Waits at most so long, and handles the ready connections. Returns whether any was ready.
    fn run_once(&mut self, wait: Option<Duration>) -> Result<bool> {
        interrupt::check()?;
        let mut events = std::mem::take(&mut self.events);
        self.poller.wait(&mut events, wait)?;
        for event in &events {
            self.ready(usize::try_from(event.data.u64())?)?;
        }
        let any = !events.is_empty();
        self.events = events;
        Ok(any)
    }

    fn ready(&mut self, at: usize) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let heard = self.hear(at, &mut buffer);
        self.buffer = buffer;
        heard.with_context(|| format!("connection {at}"))
    }

    fn hear(&mut self, at: usize, buffer: &mut [u8]) -> Result<()> {
        let conn = &mut self.conns[at];
        if !conn.unsent.is_empty() {
            let rest = std::mem::take(&mut conn.unsent);
            self.write(at, &rest)?;
        }
        let conn = &mut self.conns[at];
        let length = match conn.stream.read(buffer) {
            Ok(0) => bail!("the server closed it"),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if conn.partial.is_empty() {
            if let Some(response) = Response::parse(&buffer[..length])? {
                return self.answered(at, &response);
            }
            self.conns[at].partial.extend_from_slice(&buffer[..length]);
            return Ok(());
        }
        conn.partial.extend_from_slice(&buffer[..length]);
        let partial = std::mem::take(&mut conn.partial);
        if let Some(response) = Response::parse(&partial)? {
            return self.answered(at, &response);
        }
        self.conns[at].partial = partial;
        Ok(())
    }

    fn answered(&mut self, at: usize, response: &Response<'_>) -> Result<()> {
        let good = (200..300).contains(&response.status);
        ensure!(good, "{} {}", text(response.head), text(response.body));
        let now = self.now();
        match &mut self.conns[at].role {
            Role::Publisher { .. } => {
                self.count.acknowledged += 1;
                self.count.last_acknowledged = now;
                self.idle.push(at);
                Ok(())
            }
            Role::Subscriber { room, place, position, .. } => {
                self.count.answers += 1;
                self.count.last_delivered = now;
                for number in numbers(response.body) {
                    if self.ledger.see(*room, place, number) {
                        self.count.delivered += 1;
                        let sent = self.sent.get(number as usize).copied().unwrap_or(now);
                        self.count.latency.saturating_record(now.saturating_sub(sent).max(1));
                    }
                }
                self.peer.protocol.advance(response, position);
                self.poll(at)
            }
        }
    }

    fn poll(&mut self, at: usize) -> Result<()> {
        let Role::Subscriber { number, room, position, .. } = &self.conns[at].role else { return Ok(()) };
        let mut request = std::mem::take(&mut self.request);
        request.clear();
        self.peer.protocol.poll(*number, &self.rooms[*room as usize].name, position, &mut request);
        let written = self.write(at, &request);
        self.request = request;
        written
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        let conn = &mut self.conns[at];
        let written = match conn.stream.write(bytes) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error.into()),
        };
        let late = !conn.unsent.is_empty();
        conn.unsent.extend_from_slice(&bytes[written..]);
        if late || !conn.unsent.is_empty() {
            self.poller.watch_writing(&conn.stream, at as u64, !conn.unsent.is_empty())?;
        }
        Ok(())
    }

    /// Nanoseconds since `start`.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Losses, duplicates and disorder of all messages.
    pub(crate) fn tally(&self) -> Tally {
        self.ledger.close(self.conns.iter().filter_map(|conn| match &conn.role {
            Role::Subscriber { place, .. } => Some(place),
            Role::Publisher { .. } => None,
        }))
    }
}

impl Count {
    fn new() -> Result<Self> {
        Ok(Self {
            delivered: 0,
            answers: 0,
            acknowledged: 0,
            last_acknowledged: 0,
            last_delivered: 0,
            latency: Histogram::new_with_bounds(1, LONGEST, 3)?,
        })
    }
}
