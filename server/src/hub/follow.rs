//! How the hub takes what the log has committed.

use std::sync::Arc;

use holdline_shared::{EntryKind, RoomName, Seq};

use super::Hub;
use super::room::Room;
use super::sync::Ordering;
use crate::log::Committed;

impl Hub {
    /// Takes a group of durable entries: puts them at hand, makes them visible, then wakes. Called in log order.
    pub(super) fn take(&self, group: &[Arc<Committed>]) {
        let Some(last) = group.last() else { return };
        let added = group.iter().map(|entry| entry.json.len()).sum();
        self.recent_bytes.fetch_add(added, Ordering::Relaxed);
        let mut touched: Vec<Arc<Room>> = Vec::new();
        for entry in group {
            let room = self.room_for(&entry.room);
            room.push(entry);
            self.everything.push(entry);
            if let Some(EntryKind::Delete { target }) = entry.entry().map(|entry| &entry.kind) {
                self.scrub(&room, *target);
            }
            if !touched.iter().any(|known| Arc::ptr_eq(known, &room)) {
                touched.push(room);
            }
        }
        self.head.store(last.seq.0, Ordering::Release);
        for room in &touched {
            room.wake();
        }
        self.everything.wake();
        self.forget_old();
    }

    fn room_for(&self, name: &RoomName) -> Arc<Room> {
        if let Some(room) = self.room(name) {
            return room;
        }
        self.rooms.write().entry(name.clone()).or_insert_with(|| Arc::new(Room::new(name.clone()))).clone()
    }

    /// Removes what a deleted message said from what is at hand, as the log has done with what it keeps.
    fn scrub(&self, room: &Room, deleted: Seq) {
        for entry in room.recent_from(deleted) {
            let Ok(Some(scrubbed)) = entry.without_text_of(deleted) else { continue };
            self.recent_bytes.fetch_add(scrubbed.json.len(), Ordering::Relaxed);
            self.recent_bytes.fetch_sub(entry.json.len(), Ordering::Relaxed);
            let scrubbed = Arc::new(scrubbed);
            room.replace(&scrubbed);
            self.everything.replace(&scrubbed);
        }
    }

    /// Keeps what is at hand within its bound, forgetting the oldest entries of the log first.
    fn forget_old(&self) {
        let mut bytes = self.recent_bytes.load(Ordering::Relaxed);
        while bytes > self.config.recent_bytes {
            let Some(oldest) = self.everything.oldest() else { return };
            if let Some(room) = self.room(&oldest.room) {
                room.forget(oldest.seq);
            }
            self.everything.forget(oldest.seq);
            bytes -= oldest.json.len();
            self.recent_bytes.store(bytes, Ordering::Relaxed);
        }
    }
}
