//! The hub: rooms, their recent entries, who is waiting, who is here. The only place that waits.
//!
//! The log is the truth; the hub keeps the newest part of it at hand and says "look again" when it grows. Every waiting
//! loop is: register, look, sleep, look. An entry is visible once the hub's `head` has reached it, which happens after
//! it is durable and after every room it concerns knows it; so a look at several rooms is one consistent view.

mod bells;
mod follow;
mod health;
mod held;
mod keep;
mod lists;
mod log_reads;
#[cfg(test)]
mod model;
mod pace;
mod poll;
mod presence;
mod room;
mod sync;
#[cfg(test)]
mod tests;
mod visit;
mod wait;
mod waiters;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use holdline_shared::limits::{ROOM_EXPIRY, ROOMS_LISTED, WAIT_DEFAULT, WAIT_MAX};
use holdline_shared::{
    Cursor, History, PersonId, RoomList, RoomName, RoomSelection, RoomSummary, Seq, Topic,
};
use thiserror::Error;
use tokio::sync::{Mutex as AsyncMutex, watch as flag};

use self::health::LogCheck;
use self::presence::Attendance;
use self::room::Room;
use self::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, RwLock};
use crate::log::{Draft, Log, LogError, LogEvent, Outcome, Retention};
use crate::metrics::Metrics;

pub(crate) use self::bells::Bells;
pub use self::health::NotReady;
pub(crate) use self::held::{Begun, Ended, HeldId, HeldPolls, Question};
pub(crate) use self::log_reads::{LogRead, LogReads};
pub use self::poll::{Answer, PollError, Said};
pub use self::visit::Visit;

/// How the hub behaves. Begin with the default and set what is to be otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HubConfig {
    /// The hold that is offered to clients, and given to those who do not say.
    pub wait: Duration,
    /// The longest hold that is granted to those who ask for more.
    pub max_wait: Duration,
    /// How much memory the newest part of the log takes, in bytes: its JSON and what it takes to keep it.
    pub recent_bytes: usize,
    /// How long somebody is still here after their last poll.
    pub grace: Duration,
    /// Retention: which entries the log keeps.
    pub keep: Retention,
    /// How often retention runs.
    pub keep_every: Duration,
    /// How long a room without messages is kept after its newest entry. [`Duration::MAX`] is for ever.
    pub room_expiry: Duration,
    /// Polls held at once. Beyond this many, polls return after a second at most; beyond twice as many they are refused
    /// as overloaded. [`HubConfig::max_held_within`] chooses it for a number of connections.
    pub max_held: usize,
}

/// Connections that [`ServeConfig`](crate::ServeConfig) allows by default.
pub(crate) const MAX_CONNECTIONS: usize = 16_384;

impl HubConfig {
    /// The `max_held` that leaves, of as many connections as may be open, two fifths for polls that are held for as long
    /// as they ask, two fifths for polls that return sooner, and a fifth for those who are answered that the server is
    /// overloaded and for everything else: overload is answered before connections are refused.
    pub const fn max_held_within(max_connections: usize) -> usize {
        let held = max_connections / 5 * 2;
        if held == 0 { 1 } else { held }
    }
}

impl Default for HubConfig {
    /// 25 s, 120 s, 32 MiB, 15 s, for ever, a minute, a week, and what fits within the connections that are allowed by
    /// default.
    fn default() -> Self {
        Self {
            wait: WAIT_DEFAULT,
            max_wait: WAIT_MAX,
            recent_bytes: 32 << 20,
            grace: Duration::from_secs(15),
            keep: Retention::default(),
            keep_every: Duration::from_secs(60),
            room_expiry: ROOM_EXPIRY,
            max_held: Self::max_held_within(MAX_CONNECTIONS),
        }
    }
}

/// The room is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such room")]
pub struct UnknownRoom;

/// Where publishers and subscribers meet.
pub struct Hub {
    log: Arc<dyn Log>,
    config: HubConfig,
    /// The newest entry that is visible.
    head: AtomicU64,
    rooms: RwLock<HashMap<RoomName, Arc<Room>>>,
    /// The same rooms by their newest entry, for the list of rooms, which shows the newest.
    by_head: Mutex<BTreeMap<Seq, Arc<Room>>>,
    /// No room that is made from now on had anything after this position under an earlier life of its name.
    forgotten: AtomicU64,
    /// Stands for all rooms: who polls `room=*` waits here, and here is everything recent, in log order.
    everything: Arc<Room>,
    attendance: Attendance,
    is_closing: AtomicBool,
    held: AtomicUsize,
    /// Memory of what is at hand in `everything`.
    recent_bytes: AtomicUsize,
    metrics: Arc<Metrics>,
    /// Whether the hub cannot go on.
    has_failed: flag::Sender<bool>,
    /// The log's last answer about its health.
    last_check: AsyncMutex<Option<LogCheck>>,
}

impl Hub {
    /// A hub on this log, with everything as usual.
    pub async fn open(log: Arc<dyn Log>) -> Result<Arc<Self>, LogError> {
        Self::open_with(log, HubConfig::default()).await
    }

    /// A hub on this log. Must be called within a tokio runtime; presence is kept by a task that ends with the hub.
    pub async fn open_with(log: Arc<dyn Log>, config: HubConfig) -> Result<Arc<Self>, LogError> {
        let head = log.head();
        let mut rooms = HashMap::new();
        let mut by_head = BTreeMap::new();
        for logged in log.rooms().await? {
            let room = Arc::new(Room::restore(logged));
            by_head.insert(room.head(), room.clone());
            rooms.insert(room.name(), room);
        }
        let forgotten = log.read(RoomSelection::All, head).await?.forgotten;
        let hub = Arc::new(Self {
            config,
            head: AtomicU64::new(head.0),
            rooms: RwLock::new(rooms),
            by_head: Mutex::new(by_head),
            forgotten: AtomicU64::new(forgotten.0),
            everything: Arc::new(Room::everything(head)),
            attendance: Attendance::new(),
            is_closing: AtomicBool::new(false),
            held: AtomicUsize::new(0),
            recent_bytes: AtomicUsize::new(0),
            metrics: Arc::default(),
            has_failed: flag::Sender::new(false),
            last_check: AsyncMutex::default(),
            log: log.clone(),
        });
        let follower = Arc::downgrade(&hub);
        let following = Arc::new(move |event: LogEvent<'_>| {
            let Some(hub) = follower.upgrade() else { return };
            match event {
                LogEvent::Appended(group) => {
                    hub.metrics.entries.add(group.len());
                    hub.take(group);
                }
                LogEvent::RoomsExpired { rooms, forgotten } => hub.remove_rooms(rooms, forgotten),
                LogEvent::Replaced { .. } => hub.fail(),
            }
        });
        log.follow(head, following).await?;
        hub.watch_log();
        hub.supervise("presence", presence::keep_up_to_date(&hub));
        hub.supervise("retention", keep::keep_within_bounds(&hub));
        Ok(hub)
    }

    /// Appends and, before it answers, has told everyone who waits. See [`Log::append`] for the order.
    pub fn publish(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        let metrics = self.metrics.clone();
        self.log.append(draft).inspect(move |outcome| metrics.published(outcome)).boxed()
    }

    /// A page of a room's history, as `reader` sees it, with the cursor it was read at.
    pub async fn history(
        &self,
        room: &RoomName,
        before: Option<Seq>,
        limit: usize,
        reader: Option<PersonId>,
    ) -> Result<Result<History, UnknownRoom>, LogError> {
        let Some(topic) = self.topic(room) else { return Ok(Err(UnknownRoom)) };
        let page = self.log.page(room.clone(), before, limit, reader).await?;
        let cursor = self.cursor(page.upto);
        Ok(Ok(History { messages: page.messages, cursor, more: page.more, topic }))
    }

    /// The rooms, the most recently active first.
    pub fn rooms(&self) -> RoomList {
        let cursor = self.cursor(self.head());
        // The lock is kept for no longer than it takes to count the rooms that are shown.
        let newest: Vec<_> = self.by_head.lock().values().rev().take(ROOMS_LISTED).cloned().collect();
        let mut rooms: Vec<RoomSummary> = newest.iter().map(|room| room.summary()).collect();
        // Some may have grown meanwhile.
        rooms.sort_unstable_by_key(|room| std::cmp::Reverse(room.head));
        for room in &mut rooms {
            room.here = self.attendance.count(&room.name);
        }
        RoomList { rooms, cursor }
    }

    /// Whether there is a room of this name.
    pub fn has_room(&self, name: &RoomName) -> bool {
        self.rooms.read().contains_key(name)
    }

    /// How many rooms there are.
    pub fn room_count(&self) -> usize {
        self.rooms.read().len()
    }

    /// The newest position that is visible.
    pub fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// The log below.
    pub fn log(&self) -> &dyn Log {
        &*self.log
    }

    /// Counters of what was done and of what was refused.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// How it was configured.
    pub fn config(&self) -> &HubConfig {
        &self.config
    }

    /// Polls that are being held right now.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Answers every held poll at once and holds no more. There is no way back.
    pub fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.everything.wake();
        let mut rooms: Vec<_> =
            self.rooms.read().iter().map(|(name, room)| (name.clone(), room.clone())).collect();
        // In the same order each time, so that what follows can be repeated.
        rooms.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (_, room) in &rooms {
            room.wake();
        }
    }

    /// Whether [`Hub::close`] was called.
    pub fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }

    fn cursor(&self, seq: Seq) -> Cursor {
        Cursor { epoch: self.log.epoch(), seq }
    }

    fn room(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.rooms.read().get(name).cloned()
    }

    fn topic(&self, name: &RoomName) -> Option<Topic> {
        self.room(name).map(|room| room.summary().topic)
    }
}
