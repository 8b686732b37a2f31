//! The rooms, by name and by their newest entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
use holdline_shared::{Epoch, RoomName, Seq};

use super::room::Room;
use super::sync::{AtomicU64, Mutex, Ordering, RwLock};
use crate::log::LoggedRoom;

/// All rooms.
pub(super) struct RoomTable {
    by_name: RwLock<HashMap<RoomName, Arc<Room>>>,
    /// The same rooms, for the list of rooms, which shows the newest.
    by_head: Mutex<BTreeMap<Seq, Arc<Room>>>,
    /// No room that is made from now on had anything after this position under an earlier life of its name.
    forgotten: AtomicU64,
}

impl RoomTable {
    pub(super) fn restore(logged: Vec<LoggedRoom>, epoch: Epoch, forgotten: Seq) -> Self {
        let (by_name, by_head) = indexed(logged, epoch);
        Self {
            by_name: RwLock::new(by_name),
            by_head: Mutex::new(by_head),
            forgotten: AtomicU64::new(forgotten.0),
        }
    }

    /// Puts the rooms of another life of the log in the place of the present ones, and answers these.
    pub(super) fn replace(&self, logged: Vec<LoggedRoom>, epoch: Epoch, forgotten: Seq) -> Vec<Arc<Room>> {
        let (by_name, by_head) = indexed(logged, epoch);
        self.forgotten.store(forgotten.0, Ordering::Release);
        let mut rooms = self.by_name.write();
        *self.by_head.lock() = by_head;
        std::mem::replace(&mut *rooms, by_name).into_values().collect()
    }

    pub(super) fn find(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.by_name.read().get(name).cloned()
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.read().len()
    }

    /// All rooms, in the order of their names.
    pub(super) fn all(&self) -> Vec<Arc<Room>> {
        let mut rooms: Vec<_> = self.by_name.read().values().cloned().collect();
        rooms.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        rooms
    }

    /// The rooms with the newest entries, newest first. The lock is kept for no longer than it takes to count them.
    pub(super) fn newest(&self, count: usize) -> Vec<Arc<Room>> {
        self.by_head.lock().values().rev().take(count).cloned().collect()
    }

    /// The room of this name, which is made if there is none.
    pub(super) fn find_or_make(&self, name: &RoomName, epoch: Epoch) -> Arc<Room> {
        if let Some(room) = self.find(name) {
            return room;
        }
        let floor = Seq(self.forgotten.load(Ordering::Acquire));
        let new = || Arc::new(Room::new(name.clone(), epoch, floor));
        self.by_name.write().entry(name.clone()).or_insert_with(new).clone()
    }

    /// Notes the new heads of rooms; with each comes the head that it had before.
    pub(super) fn note_heads(&self, rooms: &[(Arc<Room>, Seq)]) {
        let mut by_head = self.by_head.lock();
        for (room, before) in rooms {
            by_head.remove(before);
            by_head.insert(room.head(), room.clone());
        }
    }

    /// Forgets a room.
    pub(super) fn remove(&self, name: &RoomName) -> Option<Arc<Room>> {
        let room = self.by_name.write().remove(name)?;
        self.by_head.lock().remove(&room.head());
        Some(room)
    }

    /// Rooms that had entries up to here are gone.
    pub(super) fn note_forgotten(&self, forgotten: Seq) {
        self.forgotten.fetch_max(forgotten.0, Ordering::AcqRel);
    }
}

type Indexed = (HashMap<RoomName, Arc<Room>>, BTreeMap<Seq, Arc<Room>>);

fn indexed(logged: Vec<LoggedRoom>, epoch: Epoch) -> Indexed {
    let rooms: Vec<_> = logged.into_iter().map(|logged| Arc::new(Room::restore(logged, epoch))).collect();
    let by_head = rooms.iter().map(|room| (room.head(), room.clone())).collect();
    (rooms.into_iter().map(|room| (room.name().clone(), room)).collect(), by_head)
}
