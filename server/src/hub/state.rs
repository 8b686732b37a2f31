//! The hub's state in memory: rooms, cached entries, presence, and the number of held polls. Shared by the
//! hub and all keepers. Does not own the log, so that a keeper keeps no file open.

use std::sync::Arc;

use holdline_shared::{Epoch, RoomSelection, Seq};

use super::eviction::EvictionQueue;
use super::feed::{Feed, WaitKey};
use super::presence::Presence;
use super::room_table::RoomTable;
use super::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering};
use crate::log::LoggedRoom;
#[cfg(feature = "outgoing-hooks")]
use crate::log::StoredEntry;
use crate::metrics::Metrics;

/// Groups of entries that wait for the slowest follower.
#[cfg(feature = "outgoing-hooks")]
const FOLLOWED_GROUPS: usize = 256;

/// The hub without its log.
pub(super) struct HubState {
    pub(super) rooms: RoomTable,
    /// The feed of all rooms, for polls of `room=*`. The lock protects only a pointer, so loom need not
    /// explore its interleavings.
    all_rooms: parking_lot::RwLock<Arc<Feed>>,
    pub(super) presence: Presence,
    /// The newest visible entry.
    pub(super) head: AtomicU64,
    pub(super) cache: Mutex<EvictionQueue>,
    /// The memory limit of cached entries, in bytes.
    pub(super) cache_limit: usize,
    /// The number of polls held at this moment, by all keepers.
    pub(super) held: AtomicUsize,
    is_closing: AtomicBool,
    pub(super) metrics: Arc<Metrics>,
    /// The groups of entries for followers inside the server.
    #[cfg(feature = "outgoing-hooks")]
    pub(super) followed: tokio::sync::broadcast::Sender<Arc<[Arc<StoredEntry>]>>,
}

impl HubState {
    /// Makes the state of a log that ends at `head` and has these rooms.
    pub(super) fn restore(
        rooms: Vec<LoggedRoom>,
        epoch: Epoch,
        head: Seq,
        forgotten: Seq,
        cache_limit: usize,
    ) -> Self {
        Self {
            rooms: RoomTable::restore(rooms, epoch, forgotten),
            all_rooms: parking_lot::RwLock::new(Arc::new(Feed::new(WaitKey::AllRooms, epoch, head, head))),
            presence: Presence::new(),
            head: AtomicU64::new(head.0),
            cache: Mutex::new(EvictionQueue::default()),
            cache_limit,
            held: AtomicUsize::new(0),
            is_closing: AtomicBool::new(false),
            metrics: Arc::default(),
            #[cfg(feature = "outgoing-hooks")]
            followed: tokio::sync::broadcast::Sender::new(FOLLOWED_GROUPS),
        }
    }

    /// The newest visible position.
    pub(super) fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// The feed of all rooms.
    pub(super) fn all_rooms(&self) -> Arc<Feed> {
        self.all_rooms.read().clone()
    }

    /// Replaces the feed of all rooms by that of another incarnation of the log; returns the replaced one.
    pub(super) fn replace_all_rooms(&self, epoch: Epoch, head: Seq) -> Arc<Feed> {
        let feed = Arc::new(Feed::new(WaitKey::AllRooms, epoch, head, head));
        std::mem::replace(&mut *self.all_rooms.write(), feed)
    }

    /// The present incarnation of the log.
    pub(super) fn epoch(&self) -> Epoch {
        self.all_rooms.read().epoch()
    }

    /// The feed of a wait key; `None` if the room does not exist.
    pub(super) fn feed(&self, key: &WaitKey) -> Option<Arc<Feed>> {
        match key {
            WaitKey::AllRooms => Some(self.all_rooms()),
            WaitKey::Room(name) => self.rooms.find(name).map(|room| room.feed().clone()),
        }
    }

    /// Ends every hold, present and future.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.notify_all();
    }

    /// Lets every held poll look again.
    pub(super) fn notify_all(&self) {
        self.all_rooms().notify();
        for room in self.rooms.all() {
            room.feed().notify();
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }
}

/// The wait keys of the selected rooms.
pub(super) fn wait_keys(rooms: &RoomSelection) -> Vec<WaitKey> {
    match rooms {
        RoomSelection::All => vec![WaitKey::AllRooms],
        RoomSelection::Named(names) => names.iter().cloned().map(WaitKey::Room).collect(),
    }
}
