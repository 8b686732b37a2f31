//! The load generator: one thread, one epoll, requests from templates, answers barely parsed. It subscribes, publishes
//! as told, polls again after every answer, and writes down when what came.

mod publish;
mod round;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use hdrhistogram::Histogram;

use crate::answer::{Answer, numbers, text};
use crate::ledger::{Ledger, Place, Tally};
use crate::net::{Events, Poller};
use crate::peer::{Peer, Position, Token};
use crate::process::{Account, own_cpu};
use crate::{ask, interrupt, net};
pub(crate) use publish::Pace;
pub(crate) use round::Round;

/// As much as is taken from a socket at once.
const READ: usize = 512 << 10;
/// Connections opened before the server is given time to accept them: fewer than any of the peers lets queue.
const CROWD: usize = 400;
/// Three digits of a latency in nanoseconds, up to ten minutes.
const LONGEST: u64 = 600_000_000_000;
/// How long a server may take to tell everyone who is here: twice the longest pause between two tellings.
const PRESENCE: Duration = Duration::from_secs(60);

/// One peer under load.
pub(crate) struct Load {
    pub(crate) peer: Peer,
    pub(crate) account: Account,
    rooms: Vec<Room>,
    /// Rooms with subscribers; they come first.
    inhabited: usize,
    lines: Vec<Line>,
    /// Publishers who are free.
    idle: Vec<usize>,
    subscribers: usize,
    publishers: u32,
    ledger: Ledger,
    /// When each message was sent, or was to be, in nanoseconds since `start`.
    sent: Vec<u64>,
    start: Instant,
    poller: Poller,
    events: Events,
    buffer: Vec<u8>,
    request: Vec<u8>,
    text_length: usize,
    count: Count,
}

/// What has come since the counting began.
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
    /// Where new subscribers begin.
    cursor: Token,
}

struct Line {
    stream: TcpStream,
    role: Role,
    /// The part of an answer that has come, and the part of a request that has not gone: both rare.
    half: Vec<u8>,
    unsent: Vec<u8>,
}

enum Role {
    Subscriber { number: usize, room: u32, place: Place, position: Position },
    Publisher { number: u32 },
}

impl Load {
    /// On this peer, with these rooms made.
    pub(crate) fn new(peer: Peer, rooms: usize, text_length: usize) -> Result<Self> {
        let account = Account::new(peer.running.id());
        let mut load = Self {
            account,
            rooms: Vec::new(),
            inhabited: 0,
            lines: Vec::new(),
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
        let mut requests = Vec::with_capacity(rooms);
        for room in &self.rooms {
            let mut request = Vec::new();
            if self.peer.dialect.make_room(&room.name, &mut request) {
                requests.push(request);
            }
        }
        ask::all(self.peer.running.address, &requests)?;
        let Self { rooms, peer, request, .. } = self;
        // One cursor stands for all rooms where a log has one order; asking for the last is enough.
        if let Some(last) = rooms.last() {
            request.clear();
            if peer.dialect.ask_position(&last.name, request) {
                let mut position = Position::default();
                ask::once(peer.running.address, request, |answer| {
                    peer.dialect.advance(answer, &mut position);
                })?;
                for room in rooms {
                    room.cursor = position.cursor;
                }
            }
        }
        Ok(())
    }

    /// Opens the sessions of so many more subscribers, so that this is no part of what is measured.
    pub(crate) fn open_sessions(&mut self, count: usize) -> Result<()> {
        let Self { peer, subscribers, .. } = self;
        peer.dialect.open_sessions(peer.running.address, *subscribers + count)
    }

    /// So many more subscribers, spread over the rooms; answers when the server holds all their polls and everyone knows
    /// who is here, with the nanoseconds that this took us.
    pub(crate) fn subscribe(&mut self, count: usize) -> Result<u64> {
        self.open_sessions(count)?;
        self.catch_up();
        let (mut own, mut start) = (0, own_cpu());
        for one in 0..count {
            let at = one % self.rooms.len();
            self.inhabited = self.inhabited.max(at + 1);
            let room = &mut self.rooms[at];
            room.members += 1;
            let position = Position { cursor: room.cursor, ..Position::default() };
            let (number, room) = (self.subscribers, u32::try_from(at)?);
            self.subscribers += 1;
            let place = self.ledger.place(room);
            let line = self.open(Role::Subscriber { number, room, place, position })?;
            self.poll(line)?;
            if one % CROWD == CROWD - 1 {
                own += own_cpu() - start;
                self.settle()?;
                start = own_cpu();
            }
        }
        own += own_cpu() - start;
        self.settle()?;
        self.await_presence()?;
        Ok(own)
    }

    /// Presence is told after a pause, which is no rest: waits until everyone knows of all in their room.
    fn await_presence(&mut self) -> Result<()> {
        let end = Instant::now() + PRESENCE;
        while self.peer.dialect.shows_presence() && !self.knows_presence() {
            self.turn(Some(Duration::from_millis(50)))?;
            ensure!(Instant::now() < end, "some subscribers were not told who is here");
        }
        self.settle()
    }

    fn knows_presence(&self) -> bool {
        self.lines.iter().all(|line| match &line.role {
            Role::Subscriber { room, position, .. } => position.people == self.rooms[*room as usize].members,
            Role::Publisher { .. } => true,
        })
    }

    /// Who comes now begins where those are who are there: what was said before is not for the new ones.
    fn catch_up(&mut self) {
        for line in &self.lines {
            if let Role::Subscriber { room, position, .. } = &line.role {
                let room = &mut self.rooms[*room as usize];
                // Where the first poll needs no position, a position is nobody else's business.
                if !room.cursor.bytes().is_empty() {
                    room.cursor = position.cursor;
                }
            }
        }
    }

    /// So many connections that publish.
    pub(crate) fn open_publishers(&mut self, count: usize) -> Result<()> {
        while (self.publishers as usize) < count {
            let line = self.open(Role::Publisher { number: self.publishers })?;
            self.publishers += 1;
            self.idle.push(line);
        }
        Ok(())
    }

    fn open(&mut self, role: Role) -> Result<usize> {
        let line = self.lines.len();
        let stream = net::connect(self.peer.running.address, line)?;
        self.poller.add(&stream, line as u64)?;
        self.lines.push(Line { stream, role, half: Vec::new(), unsent: Vec::new() });
        Ok(line)
    }

    /// Reads whatever comes until the server has nothing more to do.
    pub(crate) fn settle(&mut self) -> Result<()> {
        loop {
            self.account.settle()?;
            if !self.turn(Some(Duration::ZERO))? {
                return Ok(());
            }
        }
    }

    /// Handles what is ready, or waits for it so long. Answers whether there was anything.
    fn turn(&mut self, wait: Option<Duration>) -> Result<bool> {
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
        let line = &mut self.lines[at];
        if !line.unsent.is_empty() {
            let rest = std::mem::take(&mut line.unsent);
            self.write(at, &rest)?;
        }
        let line = &mut self.lines[at];
        let length = match line.stream.read(buffer) {
            Ok(0) => bail!("the server closed it"),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if line.half.is_empty() {
            if let Some(answer) = Answer::parse(&buffer[..length])? {
                return self.answered(at, &answer);
            }
            self.lines[at].half.extend_from_slice(&buffer[..length]);
            return Ok(());
        }
        line.half.extend_from_slice(&buffer[..length]);
        let half = std::mem::take(&mut line.half);
        if let Some(answer) = Answer::parse(&half)? {
            return self.answered(at, &answer);
        }
        self.lines[at].half = half;
        Ok(())
    }

    fn answered(&mut self, at: usize, answer: &Answer<'_>) -> Result<()> {
        let good = (200..300).contains(&answer.status);
        ensure!(good, "{} {}", text(answer.head), text(answer.body));
        let now = self.now();
        match &mut self.lines[at].role {
            Role::Publisher { .. } => {
                self.count.acknowledged += 1;
                self.count.last_acknowledged = now;
                self.idle.push(at);
                Ok(())
            }
            Role::Subscriber { room, place, position, .. } => {
                self.count.answers += 1;
                self.count.last_delivered = now;
                for number in numbers(answer.body) {
                    if self.ledger.see(*room, place, number) {
                        self.count.delivered += 1;
                        let sent = self.sent.get(number as usize).copied().unwrap_or(now);
                        self.count.latency.saturating_record(now.saturating_sub(sent).max(1));
                    }
                }
                self.peer.dialect.advance(answer, position);
                self.poll(at)
            }
        }
    }

    fn poll(&mut self, at: usize) -> Result<()> {
        let Role::Subscriber { number, room, position, .. } = &self.lines[at].role else { return Ok(()) };
        let mut request = std::mem::take(&mut self.request);
        request.clear();
        self.peer.dialect.poll(*number, &self.rooms[*room as usize].name, position, &mut request);
        let written = self.write(at, &request);
        self.request = request;
        written
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        let line = &mut self.lines[at];
        let written = match line.stream.write(bytes) {
            Ok(written) => written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error.into()),
        };
        let late = !line.unsent.is_empty();
        line.unsent.extend_from_slice(&bytes[written..]);
        if late || !line.unsent.is_empty() {
            self.poller.watch_writing(&line.stream, at as u64, !line.unsent.is_empty())?;
        }
        Ok(())
    }

    /// Nanoseconds since the beginning.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// What was lost, doubled or out of order, over all that was published.
    pub(crate) fn tally(&self) -> Tally {
        self.ledger.close(self.lines.iter().filter_map(|line| match &line.role {
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
