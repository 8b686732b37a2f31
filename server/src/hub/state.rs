//! What the hub has in memory: the rooms, the newest entries, who is here, how many polls are held. Shared by the hub and
//! every keeper of held polls. Has no log, so that whoever keeps it keeps no file open.

use std::sync::Arc;

use holdline_shared::{Epoch, RoomSelection, Seq};

use super::eviction::EvictionQueue;
use super::feed::{Feed, WaitKey};
use super::presence::Presence;
use super::room_table::RoomTable;
use super::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering};
use crate::log::LoggedRoom;
use crate::metrics::Metrics;

/// The hub without its log.
pub(super) struct HubState {
    pub(super) rooms: RoomTable,
    /// The entries of all rooms, for polls of `room=*`.
    /// Nothing happens under this lock but reading and replacing a pointer, so loom need not try its interleavings.
    all_rooms: parking_lot::RwLock<Arc<Feed>>,
    pub(super) presence: Presence,
    /// The newest entry that is visible.
    pub(super) head: AtomicU64,
    pub(super) cache: Mutex<EvictionQueue>,
    /// The most memory that cached entries may take.
    pub(super) cache_limit: usize,
    /// Polls that are held right now, by all keepers.
    pub(super) held: AtomicUsize,
    is_closing: AtomicBool,
    pub(super) metrics: Arc<Metrics>,
}

impl HubState {
    /// The state of a log that stands at `head` and has these rooms.
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
        }
    }

    /// The newest position that is visible.
    pub(super) fn head(&self) -> Seq {
        Seq(self.head.load(Ordering::Acquire))
    }

    /// The feed of all rooms.
    pub(super) fn all_rooms(&self) -> Arc<Feed> {
        self.all_rooms.read().clone()
    }

    /// Puts the feed of another life of the log in the place of the feed of all rooms, and answers that.
    pub(super) fn replace_all_rooms(&self, epoch: Epoch, head: Seq) -> Arc<Feed> {
        let feed = Arc::new(Feed::new(WaitKey::AllRooms, epoch, head, head));
        std::mem::replace(&mut *self.all_rooms.write(), feed)
    }

    /// The life of the log that everything here is of.
    pub(super) fn epoch(&self) -> Epoch {
        self.all_rooms.read().epoch()
    }

    /// The feed that a wait list waits for.
    pub(super) fn feed(&self, key: &WaitKey) -> Option<Arc<Feed>> {
        match key {
            WaitKey::AllRooms => Some(self.all_rooms()),
            WaitKey::Room(name) => self.rooms.find(name).map(|room| room.feed().clone()),
        }
    }

    /// Ends every hold at once, and those to come.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.all_rooms().notify();
        for room in self.rooms.all() {
            room.feed().notify();
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::SeqCst)
    }
}

/// What the rooms of a selection are waited for by.
pub(super) fn wait_keys(rooms: &RoomSelection) -> Vec<WaitKey> {
    match rooms {
        RoomSelection::All => vec![WaitKey::AllRooms],
        RoomSelection::Named(names) => names.iter().cloned().map(WaitKey::Room).collect(),
    }
}
