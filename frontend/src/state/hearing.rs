//! The changes that a poll's batch makes, entry by entry.

use holdline_shared::{Batch, Entry, EntryKind, RoomName, Seq};

use super::{Burst, Phase, State};

/// The largest number of messages that are read out one after the other when they come at once, as after an absence.
const READ_OUT: usize = 5;

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
        self.note_burst(&batch.entries);
        for entry in batch.entries {
            self.connection.is_outdated |= matches!(entry.kind, EntryKind::Unknown { .. });
            self.hear_entry(entry);
        }
    }

    fn note_burst(&mut self, entries: &[Entry]) {
        let Some(room) = self.ui.page.room().cloned() else { return };
        let is_message =
            |entry: &&Entry| entry.room == room && matches!(entry.kind, EntryKind::Message { .. });
        let count = entries.iter().filter(is_message).count();
        if let Some(newest) = entries.last().filter(|_| count > READ_OUT).map(|entry| entry.seq) {
            self.ui.change(&room, |ui| ui.burst = Some(Burst { newest, count }));
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
                self.people.note_newcomer(&name, &entry.author.id);
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
