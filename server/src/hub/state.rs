//! What the hub has in memory: the rooms, the newest entries, who is here, how many polls are held. Shared by the hub and
//! every keeper of held polls. Has no log, so that whoever keeps it keeps no file open.

use std::sync::Arc;

use holdline_shared::{RoomSelection, Seq};

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
    pub(super) all_rooms: Arc<Feed>,
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
    pub(super) fn restore(rooms: Vec<LoggedRoom>, head: Seq, forgotten: Seq, cache_limit: usize) -> Self {
        Self {
            rooms: RoomTable::restore(rooms, forgotten),
            all_rooms: Arc::new(Feed::new(WaitKey::AllRooms, head, head)),
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

    /// The feed that a wait list waits for.
    pub(super) fn feed(&self, key: &WaitKey) -> Option<Arc<Feed>> {
        match key {
            WaitKey::AllRooms => Some(self.all_rooms.clone()),
            WaitKey::Room(name) => self.rooms.find(name).map(|room| room.feed().clone()),
        }
    }

    /// Ends every hold at once, and those to come.
    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        self.all_rooms.notify();
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
