//! The changes that a poll's batch makes, entry by entry.

use holdline_shared::{Batch, Entry, EntryKind, RoomName, Seq};

use super::{Phase, State};

impl State {
    /// Applies a poll's batch.
    pub(super) fn hear(&mut self, batch: Batch) {
        self.connection.is_outdated |= batch.unreadable > 0;
        if let Some(presence) = batch.presence {
            self.people.update(presence.rooms, self.session.door);
        }
        if let Some(memberships) = batch.memberships {
            self.rooms.note_memberships(memberships);
        }
        for entry in batch.entries {
            self.connection.is_outdated |= matches!(entry.kind, EntryKind::Unknown { .. });
            self.hear_entry(entry);
        }
    }

    fn hear_entry(&mut self, entry: Entry) {
        let name = entry.room.clone();
        let is_own = self.session.id() == Some(&entry.author.id);
        if matches!(entry.kind, EntryKind::Message { .. }) {
            self.people.names.note(&entry.author);
        }
        match &entry.kind {
            EntryKind::Message { key, .. } if is_own => {
                let key = *key;
                self.rooms.hear(entry, self.session.id());
                if self.rooms.get(&name).is_some_and(|room| room.phase == Phase::Ready) {
                    self.outbox.discard(key);
                }
                return;
            }
            EntryKind::Message { .. } => {
                self.people.note_author(&name, &entry.author.id);
                self.mark_new(&name, entry.seq);
            }
            EntryKind::Delete { target } => self.end_edit_of(&name, *target),
            _ => {}
        }
        self.rooms.hear(entry, self.session.id());
    }

    /// Marks the first message that arrives while nobody looks as the place where the reader resumes.
    fn mark_new(&mut self, name: &RoomName, seq: Seq) {
        let is_seen = |new_from: Option<Seq>| new_from.is_none_or(|from| from <= self.rooms.seen.of(name));
        if !self.ui.is_attended && self.ui.page.room() == Some(name) && is_seen(self.ui.of(name).new_from) {
            self.ui.change(name, |ui| ui.new_from = Some(seq));
        }
    }
}
