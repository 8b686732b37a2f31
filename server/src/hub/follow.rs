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
        // With the head that each of them had before.
        let mut touched: Vec<(Arc<Room>, Seq)> = Vec::new();
        for entry in group {
            let room = self.room_for(&entry.room);
            if !touched.iter().any(|(known, _)| Arc::ptr_eq(known, &room)) {
                touched.push((room.clone(), room.head()));
            }
            let kept = Arc::new(entry.to_keep(room.name()));
            self.recent_bytes.fetch_add(kept.size_kept(), Ordering::Relaxed);
            room.push(entry, &kept);
            self.everything.push(entry, &kept);
            match entry.entry().map(|entry| &entry.kind) {
                Some(EntryKind::Edit { target, .. }) => room.note_edit(entry.seq, *target),
                Some(EntryKind::Delete { target }) => self.redact(&room, *target),
                _ => {}
            }
        }
        self.head.store(last.seq.0, Ordering::Release);
        self.note_heads(&touched);
        for (room, _) in &touched {
            room.wake();
        }
        self.everything.wake();
        self.forget_old();
    }

    /// Lets go of rooms that the log has removed. Whoever waits for them is woken, and hears on their next poll that they
    /// are not there. Called in log order, as [`Hub::take`].
    pub(super) fn remove_rooms(&self, names: &[RoomName], forgotten: Seq) {
        self.forgotten.fetch_max(forgotten.0, Ordering::AcqRel);
        for name in names {
            let Some(room) = self.rooms.write().remove(name) else { continue };
            self.by_head.lock().remove(&room.head());
            room.remove();
            room.wake();
        }
    }

    fn note_heads(&self, touched: &[(Arc<Room>, Seq)]) {
        let mut by_head = self.by_head.lock();
        for (room, before) in touched {
            by_head.remove(before);
            by_head.insert(room.head(), room.clone());
        }
    }

    fn room_for(&self, name: &RoomName) -> Arc<Room> {
        if let Some(room) = self.room(name) {
            return room;
        }
        let floor = Seq(self.forgotten.load(Ordering::Acquire));
        let new = || Arc::new(Room::new(name.clone(), floor));
        self.rooms.write().entry(name.clone()).or_insert_with(new).clone()
    }

    /// Removes what a deleted message said from what is at hand, as the log has done with what it keeps.
    fn redact(&self, room: &Room, deleted: Seq) {
        for entry in room.message_and_edits(deleted) {
            let Ok(Some(redacted)) = entry.without_text_of(deleted) else { continue };
            let redacted = Arc::new(redacted.to_keep(room.name()));
            self.recent_bytes.fetch_add(redacted.size_kept(), Ordering::Relaxed);
            self.recent_bytes.fetch_sub(entry.size_kept(), Ordering::Relaxed);
            room.replace(&redacted);
            self.everything.replace(&redacted);
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
            bytes -= oldest.size_kept();
            self.recent_bytes.store(bytes, Ordering::Relaxed);
        }
    }
}
