//! The rooms, by name and by their newest entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
use holdline_shared::{Epoch, RoomName, Seq};

use super::room::Room;
use super::sync::{AtomicU64, Mutex, Ordering, RwLock};
use crate::log::LoggedRoom;
use crate::scope::Scope;

/// The rooms of a hub.
pub(super) struct RoomTable {
    by_name: RwLock<HashMap<RoomName, Arc<Room>>>,
    /// The same rooms by newest entry, for the list of rooms.
    by_head: Mutex<BTreeMap<Seq, Arc<Room>>>,
    /// The last position of any removed room: a room created from now on has no earlier entries after it.
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

    /// Replaces all rooms by those of another incarnation of the log; returns the replaced ones.
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

    /// The rooms, ordered by name.
    pub(super) fn all(&self) -> Vec<Arc<Room>> {
        let mut rooms: Vec<_> = self.by_name.read().values().cloned().collect();
        rooms.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        rooms
    }

    /// The rooms with the newest entries among those that `scope` allows, newest first. The lock is held only while a portion
    /// is collected.
    pub(super) fn newest(&self, scope: &Scope, count: usize) -> Vec<Arc<Room>> {
        let (mut newest, mut before) = (Vec::new(), Seq(u64::MAX));
        while newest.len() < count {
            let by_head = self.by_head.lock();
            let portion = by_head.range(..before).rev().take(count);
            let portion: Vec<_> = portion.map(|(head, room)| (*head, room.clone())).collect();
            drop(by_head);
            let Some((oldest, _)) = portion.last() else { break };
            before = *oldest;
            newest.extend(portion.into_iter().map(|(_, room)| room).filter(|room| scope.allows(room.name())));
        }
        newest.truncate(count);
        newest
    }

    /// Whether a room that `scope` allows has entries after this position, or one that is gone had some.
    pub(super) fn has_news(&self, scope: &Scope, after: Seq) -> bool {
        self.forgotten.load(Ordering::Acquire) > after.0
            || self.by_head.lock().range(after.next()..).any(|(_, room)| scope.allows(room.name()))
    }

    /// The room of this name, created if it does not exist, and whether it was.
    pub(super) fn find_or_make(&self, name: &RoomName, epoch: Epoch) -> (Arc<Room>, bool) {
        if let Some(room) = self.find(name) {
            return (room, false);
        }
        let evicted = Seq(self.forgotten.load(Ordering::Acquire));
        let new = || Arc::new(Room::new(name.clone(), epoch, evicted));
        (self.by_name.write().entry(name.clone()).or_insert_with(new).clone(), true)
    }

    /// Notes the new heads of rooms; each pair has the head before.
    pub(super) fn note_heads(&self, rooms: &[(Arc<Room>, Seq)]) {
        let mut by_head = self.by_head.lock();
        for (room, before) in rooms {
            by_head.remove(before);
            by_head.insert(room.head(), room.clone());
        }
    }

    /// Removes a room.
    pub(super) fn remove(&self, name: &RoomName) -> Option<Arc<Room>> {
        let room = self.by_name.write().remove(name)?;
        self.by_head.lock().remove(&room.head());
        Some(room)
    }

    /// Notes that removed rooms had entries up to this position.
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
