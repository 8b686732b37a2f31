//! Records, which a journal orders.

use holdline_shared::{RoomName, Seq, Timestamp};

use super::clock::AgeCut;
use super::draft::{Draft, DraftKind};
use crate::random;

/// The name of a record, unique, by which its author recognises it when the journal delivers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(u128);

/// A requested change of the log. The projection decides on its effect.
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
    /// The removal of old entries.
    Prune {
        /// Removes the entries that are too old.
        age: Option<AgeCut>,
        /// Removes the entries of a room beyond this number.
        per_room: Option<u64>,
    },
    /// The removal of these rooms, as far as they are still empty and idle.
    Expire {
        /// The rooms.
        rooms: Vec<RoomName>,
        /// Rooms are idle if their newest entry is before this cut.
        idle: AgeCut,
    },
}

impl Record {
    /// Makes a record of this kind with a new name.
    pub(super) fn new(kind: RecordKind) -> Self {
        Self { id: RecordId(u128::from_le_bytes(random::bytes())), kind }
    }

    /// Makes the records for a draft; the last is the draft's own. A position in the journal becomes at most
    /// one entry, so the creation of a missing room is a separate record.
    pub(super) fn of_draft(mut draft: Draft, room_is_missing: bool) -> Vec<Self> {
        let mut records = Vec::with_capacity(1);
        if let DraftKind::Message { makes_room, .. } = &mut draft.kind
            && std::mem::take(makes_room)
            && room_is_missing
        {
            let making = Draft { kind: DraftKind::room(), ..draft.clone() };
            records.push(Self::new(RecordKind::Draft(making)));
        }
        records.push(Self::new(RecordKind::Draft(draft)));
        records
    }

    /// The requested change.
    pub(super) fn kind(&self) -> &RecordKind {
        &self.kind
    }
}

/// A record in its place.
#[derive(Debug, Clone)]
pub struct OrderedRecord {
    /// The record's position in the journal, which is also the `seq` of the entry that it may become.
    /// Positions grow and may skip.
    pub position: Seq,
    /// The date that the journal gave it.
    pub at: Timestamp,
    /// The record.
    pub record: Record,
}
