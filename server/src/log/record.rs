//! Records: what a journal orders.

use holdline_shared::{RoomName, Seq, Timestamp};

use super::clock::AgeCut;
use super::draft::{Draft, DraftKind};
use crate::random;

/// A name for a record, by which its author recognises it when the journal delivers it. No two records have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(u128);

/// Something that shall happen to the log. The projection decides what comes of it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name.
    pub id: RecordId,
    kind: RecordKind,
}

/// The kinds of a record.
#[derive(Debug, Clone)]
pub(super) enum RecordKind {
    /// A draft that becomes one entry at the most.
    Draft(Draft),
    /// Old entries go.
    Prune {
        /// Entries that are too old.
        age: Option<AgeCut>,
        /// Entries beyond so many in their room.
        per_room: Option<u64>,
    },
    /// These rooms go, as far as they are still empty and idle.
    Expire {
        /// The rooms.
        rooms: Vec<RoomName>,
        /// Rooms whose newest entry is too old.
        idle: AgeCut,
    },
}

impl Record {
    /// A record of this kind with a new name.
    pub(super) fn new(kind: RecordKind) -> Self {
        Self { id: RecordId(u128::from_le_bytes(random::bytes())), kind }
    }

    /// The records for a draft; the last is the draft's own. A position in the journal is one entry at the most, so the
    /// making of a room, if it is missing, is a record of its own.
    pub(super) fn of_draft(mut draft: Draft, room_is_missing: bool) -> Vec<Self> {
        let mut records = Vec::with_capacity(1);
        if let DraftKind::Message { makes_room, .. } = &mut draft.kind
            && std::mem::take(makes_room)
            && room_is_missing
        {
            let making = Draft { kind: DraftKind::Room { topic: None }, ..draft.clone() };
            records.push(Self::new(RecordKind::Draft(making)));
        }
        records.push(Self::new(RecordKind::Draft(draft)));
        records
    }

    /// What shall happen.
    pub(super) fn kind(&self) -> &RecordKind {
        &self.kind
    }
}

/// A record in its place.
#[derive(Debug, Clone)]
pub struct OrderedRecord {
    /// Its position in the journal, which is the `seq` of the entry that it may become. Positions grow and may skip.
    pub position: Seq,
    /// The date that the journal gave it.
    pub at: Timestamp,
    /// The record.
    pub record: Record,
}
