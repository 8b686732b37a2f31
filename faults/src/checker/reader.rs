//! Readers and the deliveries that they received.

use holdline_shared::{Entry, RoomName, RoomSelection, Seq};

use super::delivery::{Delivery, message_text, text_digest};

/// The kind of deliveries that a reader receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receives {
    /// Whole entries of every kind.
    Entries,
    /// The texts of messages only.
    Texts,
}

/// A gap that a reader was told of and passed by way of history.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The reader's position before the gap.
    pub after: Seq,
    /// The position from which the reader continued.
    pub resumed: Seq,
    /// The oldest entry of each of its rooms just after the gap was reported; a room whose entries could not be read is
    /// missing.
    pub oldest: Vec<(RoomName, Seq)>,
}

/// A reader of some rooms.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) rooms: RoomSelection,
    /// The position after which the reader must receive everything.
    pub(super) from: Seq,
    pub(super) receives: Receives,
    pub(super) seen: Vec<Delivery>,
    /// The newest entry received; stays at the start for a reader of texts.
    pub(super) last: Seq,
    pub(super) gaps: Vec<Gap>,
    /// The number of answered polls.
    pub(super) answers: u64,
}

impl Reader {
    pub(super) fn new(name: String, rooms: RoomSelection, from: Seq, receives: Receives) -> Self {
        Self { name, rooms, from, receives, seen: Vec::new(), last: Seq::START, gaps: Vec::new(), answers: 0 }
    }

    /// Whether the reader reads the entry's room.
    pub(super) fn reads(&self, entry: &Entry) -> bool {
        match &self.rooms {
            RoomSelection::All => true,
            RoomSelection::Named(names) => names.contains(&entry.room),
        }
    }

    /// Whether the reader has not received the end of this log yet.
    pub(super) fn is_behind(&self, log: &[Entry]) -> bool {
        match self.receives {
            Receives::Entries => {
                log.iter().rev().find(|entry| self.expects(entry)).is_some_and(|entry| entry.seq > self.last)
            }
            Receives::Texts => {
                let mut texts = log.iter().rev().filter(|entry| self.expects(entry)).filter_map(message_text);
                let digest = texts.next().map(text_digest);
                digest.is_some_and(|digest| {
                    !self.seen.iter().rev().any(|seen| *seen == Delivery::Text { digest })
                })
            }
        }
    }

    /// Whether this entry must reach the reader, provided that it receives entries of that kind.
    pub(super) fn expects(&self, entry: &Entry) -> bool {
        let is_passed = self.gaps.iter().any(|gap| gap.after < entry.seq && entry.seq <= gap.resumed);
        entry.seq > self.from && self.reads(entry) && !is_passed
    }
}

impl Gap {
    /// Whether an entry that this reader had not received was really gone when the gap was reported.
    pub(super) fn is_honest(&self, reader: &Reader, whole: &[Entry]) -> bool {
        let is_gone = |entry: &Entry| {
            let oldest = self.oldest.iter().find(|(room, _)| *room == entry.room);
            oldest.is_some_and(|(_, oldest)| entry.seq < *oldest)
        };
        whole.iter().any(|entry| entry.seq > self.after && reader.reads(entry) && is_gone(entry))
    }
}
