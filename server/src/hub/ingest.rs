//! Ingest: committed entries enter the cache, become visible, and notify the wait lists, in this order.

use std::sync::Arc;

use holdline_shared::{EntryKind, Epoch, RoomName, Seq};

use super::eviction::EvictionQueue;
use super::room::Room;
use super::state::HubState;
use super::sync::Ordering;
use crate::access::{concerns_readers, is_for_everybody};
use crate::log::{Follower, LogEvent, LoggedRoom, RoomCut, StoredEntry};

/// The follower of the log. Has no strong reference, and none to the log, which holds the follower and would otherwise hold
/// itself.
pub(super) fn follower(state: &Arc<HubState>) -> Follower {
    let state = Arc::downgrade(state);
    Arc::new(move |event| {
        let Some(state) = state.upgrade() else { return };
        match event {
            LogEvent::Appended(group) => {
                state.metrics.appended(group.len());
                state.on_commit(group);
            }
            LogEvent::MessagesDeleted { newest } => state.on_messages_deleted(newest),
            LogEvent::Pruned(cuts) => state.on_pruned(cuts),
            LogEvent::Rewritten => state.evict_beyond(0),
            LogEvent::RoomsExpired { rooms, forgotten } => state.on_rooms_expired(rooms, forgotten),
            LogEvent::Replaced { epoch, head, rooms, forgotten } => {
                state.on_replaced(epoch, head, rooms, forgotten);
            }
        }
    })
}

impl HubState {
    /// Ingests a group of durable entries. Called in log order. Entries of the reserved room only move the head.
    pub(super) fn on_commit(&self, group: &[Arc<StoredEntry>]) {
        let Some(last) = group.last() else { return };
        let all_rooms = self.all_rooms();
        // The rooms that got entries, each with its head before the group.
        let mut touched: Vec<(Arc<Room>, Seq)> = Vec::new();
        let mut makes_public_room = false;
        for entry in group.iter().filter(|entry| !entry.room.is_reserved()) {
            let (room, is_made) = self.rooms.find_or_make(&entry.room, all_rooms.epoch());
            makes_public_room |= is_made && entry.entry().is_some_and(is_for_everybody);
            if !touched.iter().any(|(known, _)| Arc::ptr_eq(known, &room)) {
                touched.push((room.clone(), room.head()));
            }
            let kept = Arc::new(entry.to_cache(room.name().clone()));
            room.push(entry, &kept);
            all_rooms.push(&kept);
            self.cache.lock().push(kept);
            if let Some(EntryKind::Delete { target }) = entry.entry().map(|entry| &entry.kind) {
                self.redact(&room, *target);
            }
        }
        // Before the entries become visible: a poll that has looked at them may skip rooms without news.
        self.rooms.note_heads(&touched);
        self.head.store(last.seq.0, Ordering::Release);
        #[cfg(feature = "outgoing-hooks")]
        if self.followed.receiver_count() > 0 {
            // The last follower may have gone meanwhile.
            let _ = self.followed.send(group.into());
        }
        if makes_public_room || group.iter().any(|entry| entry.entry().is_some_and(concerns_readers)) {
            self.notify_all();
        }
        if touched.is_empty() {
            return;
        }
        for (room, _) in &touched {
            room.feed().notify();
        }
        all_rooms.notify();
        self.evict_beyond(self.cache_limit);
    }

    /// Notes the newest messages that some rooms have left. Called in log order, as [`HubState::on_commit`].
    fn on_messages_deleted(&self, newest: &[(RoomName, Seq)]) {
        for (name, said) in newest {
            if let Some(room) = self.rooms.find(name) {
                room.note_newest(*said);
            }
        }
    }

    /// Removes from the cache what the log has removed, so that a reader from before a cut is told of the gap. Called in log
    /// order, as [`HubState::on_commit`].
    pub(super) fn on_pruned(&self, cuts: &[RoomCut]) {
        for cut in cuts {
            if let Some(room) = self.rooms.find(&cut.room) {
                room.prune(cut.upto);
            }
        }
        if let Some(newest) = cuts.iter().map(|cut| cut.upto).max() {
            self.all_rooms().prune(newest);
        }
        self.cache.lock().prune(cuts);
    }

    /// Removes rooms that have expired. Polls that wait for them are woken, and the next ones hear that there is no such
    /// room. Called in log order, as [`HubState::on_commit`].
    pub(super) fn on_rooms_expired(&self, names: &[RoomName], forgotten: Seq) {
        self.rooms.note_forgotten(forgotten);
        let cuts = names.iter().map(|name| {
            let head = self.rooms.find(name).map_or(forgotten, |room| room.head());
            RoomCut { room: name.clone(), upto: head }
        });
        self.on_pruned(&cuts.collect::<Vec<_>>());
        for name in names {
            let Some(room) = self.rooms.remove(name) else { continue };
            room.remove();
            room.feed().notify();
        }
    }

    /// Starts over with another incarnation of the log. Held polls get an empty answer, and the next ones are
    /// told that the epoch has changed. Called in log order, like [`HubState::on_commit`].
    pub(super) fn on_replaced(&self, epoch: Epoch, head: Seq, rooms: &[LoggedRoom], forgotten: Seq) {
        let old = self.rooms.replace(rooms.to_vec(), epoch, forgotten);
        let all_rooms = self.replace_all_rooms(epoch, head);
        *self.cache.lock() = EvictionQueue::default();
        self.head.store(head.0, Ordering::Release);
        all_rooms.remove();
        all_rooms.notify();
        for room in old {
            room.remove();
            room.feed().notify();
        }
    }

    /// Removes the text of a deleted message from the cache; the log has done the same.
    fn redact(&self, room: &Room, deleted: Seq) {
        for entry in room.message_and_edits(deleted) {
            let Ok(Some(redacted)) = entry.without_text_of(deleted) else { continue };
            let redacted = Arc::new(redacted.to_cache(room.name().clone()));
            room.feed().replace(&redacted);
            self.all_rooms().replace(&redacted);
            self.cache.lock().replace(&redacted);
        }
    }

    /// Evicts the oldest cached entries until the cache is within this limit, in bytes. Readers get them from the log.
    pub(super) fn evict_beyond(&self, limit: usize) {
        let mut cache = self.cache.lock();
        while let Some(oldest) = cache.pop_beyond(limit) {
            if let Some(room) = self.rooms.find(&oldest.room) {
                room.evict(oldest.seq);
            }
            self.all_rooms().evict(oldest.seq);
        }
    }
}
