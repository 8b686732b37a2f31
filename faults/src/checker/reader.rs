//! Somebody who reads, and all that they saw.

use holdline_shared::{Entry, RoomSelection, Seq};

use super::message_text;
use super::sight::Sight;

/// What a reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// Whole entries, of every kind.
    Entries,
    /// The texts of messages, nothing else.
    Texts,
}

/// A reader.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) rooms: RoomSelection,
    /// Everything after this is to be seen.
    pub(super) from: Seq,
    pub(super) hears: Hears,
    pub(super) seen: Vec<Sight>,
    /// Polls that were answered.
    pub(super) answers: u64,
}

impl Reader {
    /// Whether this entry has to reach the reader.
    pub(super) fn expects(&self, entry: &Entry) -> bool {
        let is_its_room = match &self.rooms {
            RoomSelection::All => true,
            RoomSelection::Named(names) => names.contains(&entry.room),
        };
        let is_heard = self.hears == Hears::Entries || message_text(entry).is_some();
        entry.seq > self.from && is_its_room && is_heard
    }
}
