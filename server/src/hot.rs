//! The hot functions that nobody outside sees, opened for `bench`, which has their instructions counted. There with the
//! feature `bench` alone, and no part of what this crate promises. It wraps, and does nothing of its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use holdline_shared::{MessageText, Person, RoomName, RoomSelection};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use self::request::{Asked, Queries, Request};
use self::response::Responses;
use crate::http::{Caller, HttpConfig};
use crate::hub::{Admitted, HeldPolls, Hub, PollRequest};
use crate::log::{Committed, Draft, LogError, MemoryLog};
use crate::session::Sessions;

#[expect(clippy::duplicate_mod, reason = "so that the event loop need not be opened to be measured")]
#[path = "serve/event_loop/request.rs"]
mod request;
#[expect(clippy::duplicate_mod, reason = "the same")]
#[path = "serve/event_loop/response.rs"]
mod response;

/// Whether an event loop answers this request.
pub fn is_ours(bytes: &[u8]) -> bool {
    request::is_ours(bytes)
}

/// Reads requests as an event loop does.
#[derive(Default)]
pub struct Reader {
    queries: Queries,
    config: HttpConfig,
}

impl Reader {
    /// Reads what is asked and judges the caller, and for a publish finds who asks; how much there is of it, if it is ours.
    pub fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let request = Request::parse(bytes)?;
        Caller::find(&self.config, || None, &request.caller_headers(), request.line()).ok()?;
        match request.asked {
            Asked::Poll(query) => Some(self.queries.parse(query)?.here.len()),
            Asked::Publish { room, body } => Some(room.len() + body.len() + request.credentials().len()),
        }
    }
}

/// Writes answers as an event loop does, all in the same second.
pub struct Writer {
    responses: Responses,
    now: Instant,
}

impl Default for Writer {
    fn default() -> Self {
        let now = Instant::now();
        Self { responses: Responses::new(now), now }
    }
}

impl Writer {
    /// The answer to a poll.
    pub fn batch(&mut self, body: &Bytes) -> Bytes {
        self.responses.batch(body, false, self.now)
    }

    /// The answer to a publish.
    pub fn entry(&mut self, entry: &Committed) -> Bytes {
        self.responses.entry(entry, true, false, self.now)
    }
}

/// Signs sessions and checks them.
pub struct Signer(Sessions);

impl Default for Signer {
    fn default() -> Self {
        Self(Sessions::new([7; 32]))
    }
}

impl Signer {
    /// A token of this person.
    pub fn sign(&self, person: &Person) -> String {
        self.0.sign(person)
    }

    /// Whose token it is.
    pub fn check(&self, token: &str) -> Option<Person> {
        self.0.check(token).ok()
    }
}

/// The lobby of a log in memory, and an event loop's polls that wait there.
pub struct Lobby {
    hub: Arc<Hub>,
    held: HeldPolls<u32>,
    writer: Writer,
    /// The hub's tasks are kept here, and never have their turn.
    _runtime: Runtime,
}

impl Lobby {
    /// An empty one.
    pub fn open() -> Result<Self, LogError> {
        let unavailable = |error: std::io::Error| LogError::Unavailable(error.to_string());
        let runtime = Builder::new_current_thread().enable_time().build().map_err(unavailable)?;
        let hub = runtime.block_on(Hub::open(Arc::new(MemoryLog::new())))?;
        let held = hub.held_polls(std::task::Waker::noop().clone());
        // To rounds that begin in the future, any that ends now was short: none is followed by a pause.
        let writer = Writer { now: Instant::now() + Duration::from_secs(3600), ..Writer::default() };
        Ok(Self { hub, held, writer, _runtime: runtime })
    }

    /// A round: this many polls are held, one message is published, all are gone through and answered. How many were.
    pub fn play(&mut self, polls: u32, text: &MessageText) -> usize {
        let Self { hub, held, writer, .. } = self;
        let (now, after) = (writer.now, hub.head());
        let rooms = &RoomSelection::Named(vec![RoomName::lobby()]);
        for key in 0..polls {
            let admitted = Admitted { after, wait: Duration::from_secs(25), is_shortened: false };
            // The lobby is there.
            let _ = held.begin(key, PollRequest { rooms, admitted, presence: None }, now);
        }
        // In memory it is settled at once.
        hub.publish(Draft::say(Person::anonymous(), RoomName::lobby(), text.clone())).now_or_never();
        let mut answered = 0;
        held.deliver_ready(now, |completed| {
            writer.batch(&hub.answers().answer(completed).1.body);
            answered += 1;
        });
        answered
    }
}
