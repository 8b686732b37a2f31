//! A projection that applies ordered records on one connection. Records that were applied before are skipped,
//! so records may be delivered more than once.

use std::sync::Arc;

use holdline_shared::{Entry, PersonId, RoomName, RoomSelection, Seq, Timestamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::access_entries::{read_access, some_access_entries};
use super::append_transaction::{AppendTransaction, CommittedGroup, Tip};
use super::errors::log_error;
use super::expiry;
use super::meta::{find_meta, last_heard_of, write_meta};
use super::migrations::{migrate, version};
use super::statements::keep_statements;
use super::{prune, reader};
use crate::access::AccessHandle;
use crate::log::clock::AgeCut;
use crate::log::draft::Draft;
use crate::log::engine::{Chunk, LoggedRoom, Page, RoomCut};
use crate::log::error::{LogError, Refusal};
use crate::log::outcome::Outcome;
use crate::log::record::{OrderedRecord, RecordId, RecordKind};
use crate::log::stored_entry::StoredEntry;
use crate::log::validate::Decision;
use crate::scope::Scope;

/// A projection, and the position up to which it has applied records.
pub(in crate::log) struct Projection {
    db: Connection,
    tip: Tip,
    access: AccessHandle,
    /// The last applied record, whatever its effect.
    applied: Seq,
    /// Whether the database outlives this process.
    is_kept: bool,
}

/// The effects of some records.
#[derive(Default)]
pub(in crate::log) struct Applied {
    /// The entries that the records became.
    pub(in crate::log) entries: Vec<Arc<StoredEntry>>,
    /// The rooms that lost their oldest entries.
    pub(in crate::log) cuts: Vec<RoomCut>,
    /// The rooms that they removed, with the newest entry of a room that ever expired.
    pub(in crate::log) expired: Option<(Vec<RoomName>, Seq)>,
    /// The rooms of which messages were deleted, each with its newest message that is left.
    pub(in crate::log) newest: Vec<(RoomName, Seq)>,
    /// Whether earlier entries were rewritten.
    pub(in crate::log) rewrites: bool,
    /// The effect of each record.
    pub(in crate::log) effects: Vec<(RecordId, Result<Effect, Refusal>)>,
}

/// The effect of one record.
#[derive(Debug)]
pub(in crate::log) enum Effect {
    /// A draft was decided.
    Decided(Outcome),
    /// Entries or rooms were removed.
    Removed {
        /// Whether more may be left to remove.
        more: bool,
    },
}

impl Projection {
    /// Makes an empty projection in memory.
    pub(in crate::log) fn in_memory() -> Result<Self, LogError> {
        let db = Connection::open_in_memory().map_err(log_error)?;
        // The connection is the only user, and all rows are written by this code.
        db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = OFF").map_err(log_error)?;
        Ok(Self { is_kept: false, ..Self::resume(db)? })
    }

    /// Opens the projection in a database, which may be empty.
    pub(in crate::log) fn resume(mut db: Connection) -> Result<Self, LogError> {
        keep_statements(&db)?;
        let taken = version(&db)?;
        migrate(&mut db, taken)?;
        let tip = Tip::read(&db).map_err(log_error)?;
        let applied = find_meta(&db, "applied")?.and_then(|bytes| bytes.try_into().ok());
        let access = AccessHandle::default();
        access.store(read_access(&db).map_err(log_error)?);
        Ok(Self { db, tip, access, applied: Seq(applied.map_or(0, u64::from_le_bytes)), is_kept: true })
    }

    /// The last applied record.
    pub(in crate::log) fn applied(&self) -> Seq {
        self.applied
    }

    /// The last entry.
    pub(in crate::log) fn head(&self) -> Seq {
        self.tip.head
    }

    /// The rights of people.
    pub(in crate::log) fn access(&self) -> &AccessHandle {
        &self.access
    }

    /// Publishes who may do what through the handle of the projection that this one replaces.
    pub(in crate::log) fn share_access(&mut self, handle: AccessHandle) {
        handle.store(self.access.snapshot());
        self.access = handle;
    }

    /// The decision about a draft if it came next, and whether its room is missing.
    pub(in crate::log) fn preview(&mut self, draft: &Draft) -> Result<(Decision, bool), LogError> {
        let transaction = self.db.transaction().map_err(log_error)?;
        let group = AppendTransaction::begin(transaction, self.tip, self.access.snapshot(), 0);
        let decision = group.preview(draft)?;
        let room = group.rooms().id(group.connection(), &draft.room).map_err(log_error)?;
        Ok((decision, room.is_none()))
    }

    /// Applies records in order, and calls `tell` with the effects of each group once it is committed. After
    /// an error, some of the records may have been applied and told; the same records can be applied again.
    pub(in crate::log) fn apply(
        &mut self,
        records: &[OrderedRecord],
        mut tell: impl FnMut(&Self, Applied),
    ) -> Result<(), LogError> {
        let shares = |ordered: &OrderedRecord| matches!(ordered.record.kind(), RecordKind::Draft(draft) if !draft.stands_alone());
        // A removal has a transaction of its own, so that it is told in its place.
        for group in records.chunk_by(|a, b| shares(a) && shares(b)) {
            let begin = group.partition_point(|ordered| ordered.position <= self.applied);
            let group = &group[begin..];
            let Some(last) = group.last() else { continue };
            let applied = self.apply_group(group, last.position)?;
            self.applied = last.position;
            tell(self, applied);
        }
        Ok(())
    }

    fn apply_group(&mut self, group: &[OrderedRecord], upto: Seq) -> Result<Applied, LogError> {
        let begun = self.db.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(log_error)?;
        if self.is_kept {
            write_meta(&transaction, &[("applied", &upto.0.to_le_bytes())]).map_err(log_error)?;
        }
        let Tip { head, .. } = self.tip;
        let mut applied = Applied::default();
        match group {
            [OrderedRecord { record, .. }] if !matches!(record.kind(), RecordKind::Draft(_)) => {
                let more = remove(transaction, record.kind(), head, &mut applied).map_err(log_error)?;
                let gone = applied.expired.as_ref().map_or(0, |(rooms, _)| rooms.len());
                self.tip.rooms = self.tip.rooms.saturating_sub(gone);
                applied.effects.push((record.id, Ok(Effect::Removed { more })));
            }
            drafts => {
                let mut group =
                    AppendTransaction::begin(transaction, self.tip, self.access.snapshot(), drafts.len());
                for OrderedRecord { position, at, record } in drafts {
                    let RecordKind::Draft(draft) = record.kind() else { continue };
                    applied.effects.push(match group.apply(*position, *at, draft) {
                        Ok(outcome) => (record.id, Ok(Effect::Decided(outcome))),
                        Err(LogError::Refused(refusal)) => (record.id, Err(refusal)),
                        Err(error) => return Err(error),
                    });
                }
                let CommittedGroup { entries, tip, access, newest, deleted, rewrites, .. } =
                    group.commit()?;
                (applied.entries, applied.expired, self.tip) = (entries, deleted, tip);
                (applied.newest, applied.rewrites) = (newest, rewrites);
                if let Some(access) = access {
                    self.access.store(access);
                }
            }
        }
        Ok(applied)
    }

    /// Entries of those of the rooms that `scope` allows after `after`.
    pub(in crate::log) fn read(
        &mut self,
        scope: &Scope,
        rooms: &RoomSelection,
        after: Seq,
    ) -> Result<Chunk, LogError> {
        self.read_snapshot(|db| reader::read(db, scope, rooms, after))
    }

    /// Entries of every room after `after`, for followers.
    pub(in crate::log) fn read_everything(&mut self, after: Seq) -> Result<Chunk, LogError> {
        self.read_snapshot(|db| reader::read_everything(db, after))
    }

    /// Messages before `before`.
    pub(in crate::log) fn page(
        &mut self,
        room: Option<&RoomName>,
        before: Option<Seq>,
        limit: usize,
        asking: Option<&PersonId>,
    ) -> Result<Page, LogError> {
        self.read_snapshot(|db| reader::page(db, room, before, limit, asking))
    }

    /// Entries before `before` that say who may do what.
    pub(in crate::log) fn access_entries(
        &mut self,
        before: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        self.read_snapshot(|db| some_access_entries(db, before, limit))
    }

    /// The places of the next messages of this author.
    pub(in crate::log) fn messages_of(
        &mut self,
        author: &PersonId,
        after: Seq,
    ) -> Result<Vec<(RoomName, Seq)>, LogError> {
        self.read_snapshot(|db| reader::messages_of(db, author, after))
    }

    /// Reads all rooms.
    pub(in crate::log) fn rooms(&mut self) -> Result<Vec<LoggedRoom>, LogError> {
        self.read_snapshot(reader::rooms)
    }

    /// Rooms without messages whose newest entry is due.
    pub(in crate::log) fn empty_rooms(&mut self, idle: AgeCut) -> Result<Vec<RoomName>, LogError> {
        self.read_snapshot(|db| expiry::empty_rooms(db, Some(idle)))
    }

    /// The time at which the log was last in use.
    pub(in crate::log) fn last_heard_of(&self) -> Result<Timestamp, LogError> {
        last_heard_of(&self.db, self.tip.head == Seq::START)
    }

    /// Whether retention would remove anything.
    pub(in crate::log) fn is_prune_due(
        &mut self,
        age: Option<AgeCut>,
        per_room: Option<u64>,
    ) -> Result<bool, LogError> {
        let head = self.tip.head;
        self.read_snapshot(|db| prune::is_due(db, age, per_room, head))
    }

    /// Runs a read on one snapshot.
    fn read_snapshot<T>(
        &mut self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LogError> {
        let snapshot = self.db.transaction().map_err(log_error)?;
        read(&snapshot).map_err(log_error)
    }
}

/// Applies a record that removes entries or rooms, and returns whether more may be left to remove.
fn remove(
    transaction: Transaction<'_>,
    kind: &RecordKind,
    head: Seq,
    applied: &mut Applied,
) -> rusqlite::Result<bool> {
    match kind {
        RecordKind::Draft(_) => Ok(false),
        RecordKind::Prune { age, per_room } => {
            let pruned = prune::prune_once(transaction, *age, *per_room, head)?;
            applied.cuts = pruned.cuts;
            Ok(pruned.more)
        }
        RecordKind::Expire { rooms, idle } => {
            let expired = expiry::expire(transaction, rooms, *idle, head, &|_| false)?;
            applied.expired = (!expired.rooms.is_empty()).then_some((expired.rooms, expired.forgotten));
            applied.cuts = expired.cuts;
            Ok(!applied.cuts.is_empty())
        }
    }
}
