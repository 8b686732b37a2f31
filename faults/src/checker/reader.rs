//! Somebody who reads, and all that they saw.

use holdline_shared::{Entry, RoomName, RoomSelection, Seq};

use super::message_text;
use super::sight::{Sight, text_digest};

/// What a reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// Whole entries, of every kind.
    Entries,
    /// The texts of messages, nothing else.
    Texts,
}

/// A gap that a reader was told of, and passed by way of history.
#[derive(Debug, Clone)]
pub struct Gap {
    /// How far the reader had come.
    pub after: Seq,
    /// From where it went on.
    pub resumed: Seq,
    /// The oldest entry that its rooms had just after it was told; nothing for a room whose entries were not read.
    pub oldest: Vec<(RoomName, Seq)>,
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
    /// The newest entry seen; stays at the start for a reader of texts.
    pub(super) last: Seq,
    pub(super) gaps: Vec<Gap>,
    /// Polls that were answered.
    pub(super) answers: u64,
}

impl Reader {
    pub(super) fn new(name: String, rooms: RoomSelection, from: Seq, hears: Hears) -> Self {
        Self { name, rooms, from, hears, seen: Vec::new(), last: Seq::START, gaps: Vec::new(), answers: 0 }
    }

    /// Whether the entry is of a room that the reader reads.
    pub(super) fn reads(&self, entry: &Entry) -> bool {
        match &self.rooms {
            RoomSelection::All => true,
            RoomSelection::Named(names) => names.contains(&entry.room),
        }
    }

    /// Whether something at the end of this log has not come yet.
    pub(super) fn is_behind(&self, log: &[Entry]) -> bool {
        match self.hears {
            Hears::Entries => {
                log.iter().rev().find(|entry| self.expects(entry)).is_some_and(|entry| entry.seq > self.last)
            }
            Hears::Texts => {
                let mut texts = log.iter().rev().filter(|entry| self.expects(entry)).filter_map(message_text);
                let digest = texts.next().map(text_digest);
                digest
                    .is_some_and(|digest| !self.seen.iter().rev().any(|seen| *seen == Sight::Text { digest }))
            }
        }
    }

    /// Whether this entry has to reach the reader, if it hears of such entries at all.
    pub(super) fn expects(&self, entry: &Entry) -> bool {
        let is_passed = self.gaps.iter().any(|gap| gap.after < entry.seq && entry.seq <= gap.resumed);
        entry.seq > self.from && self.reads(entry) && !is_passed
    }
}

impl Gap {
    /// Whether something that this reader had not seen was gone when it was told.
    pub(super) fn is_honest(&self, reader: &Reader, whole: &[Entry]) -> bool {
        let is_gone = |entry: &Entry| {
            let oldest = self.oldest.iter().find(|(room, _)| *room == entry.room);
            oldest.is_some_and(|(_, oldest)| entry.seq < *oldest)
        };
        whole.iter().any(|entry| entry.seq > self.after && reader.reads(entry) && is_gone(entry))
    }
}
