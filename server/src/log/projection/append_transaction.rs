//! A group of records in one transaction: each record is decided, written and folded into the read models,
//! then all are committed. Telling followers is left to the writer.

use std::sync::Arc;

use holdline_shared::{Entry, EntryKind, RoomName, Seq, Timestamp, Topic};
use rusqlite::{Connection, Transaction};

use super::access_entries::CarriedOut;
use super::errors::log_error;
use super::newest::newest_message;
use super::room_deltas::RoomDeltas;
use super::stored::{sql_seq, sql_time};
use super::{access_entries, expiry, reactions, redact};
use crate::access::{Access, Gist, is_for_everybody};
use crate::log::draft::Draft;
use crate::log::error::LogError;
use crate::log::outcome::Outcome;
use crate::log::stored_entry::StoredEntry;
use crate::log::validate::{Decision, now_after, validate};

/// The end of the log, as its writer remembers it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::log) struct Tip {
    /// The last entry.
    pub(in crate::log) head: Seq,
    /// The date of the last entry.
    pub(in crate::log) at: Timestamp,
    /// The number of rooms, without the reserved one.
    pub(in crate::log) rooms: usize,
}

impl Tip {
    /// Reads where a database ends.
    pub(in crate::log) fn read(db: &Connection) -> rusqlite::Result<Self> {
        let sql =
            "SELECT coalesce(max(seq), 0), (SELECT count(*) FROM rooms WHERE substr(name, 1, 1) <> '~'),
                   (SELECT at FROM entries ORDER BY seq DESC LIMIT 1) FROM entries";
        db.query_row(sql, [], |row| {
            let at = row.get::<_, Option<i64>>(2)?.unwrap_or_default();
            Ok(Self {
                head: super::stored::seq(row.get(0)?),
                at: Timestamp(at.cast_unsigned()),
                rooms: row.get(1)?,
            })
        })
    }
}

/// A transaction that appends.
pub(in crate::log) struct AppendTransaction<'a> {
    transaction: Transaction<'a>,
    tip: Tip,
    entries: Vec<Arc<StoredEntry>>,
    rooms: RoomDeltas,
    access: Arc<Access>,
    /// Whether the group changes access.
    changes_access: bool,
    /// Whether the group removes texts or names.
    redacts: bool,
    /// The rooms of which the group deletes messages, and the numbers of their rows.
    with_deletions: Vec<(RoomName, i64)>,
    /// Whether the group rewrites earlier entries.
    rewrites: bool,
    /// The room that the group deletes; such a group has one draft.
    deleted: Option<RoomName>,
}

/// A group that is committed.
pub(in crate::log) struct CommittedGroup {
    /// Its entries.
    pub(in crate::log) entries: Vec<Arc<StoredEntry>>,
    /// The new end of the log.
    pub(in crate::log) tip: Tip,
    /// The rights of people from now on, if they have changed.
    pub(in crate::log) access: Option<Arc<Access>>,
    /// Whether texts or names were removed.
    pub(in crate::log) redacts: bool,
    /// The rooms of which messages were deleted, each with its newest message that is left.
    pub(in crate::log) newest: Vec<(RoomName, Seq)>,
    /// Whether earlier entries were rewritten, so that followers read them anew.
    pub(in crate::log) rewrites: bool,
    /// The rooms that were deleted, and the newest entry of any room that is gone.
    pub(in crate::log) deleted: Option<(Vec<RoomName>, Seq)>,
}

impl<'a> AppendTransaction<'a> {
    /// Begins an empty group after `tip`, for about `entries` entries. `access` says who may do what before it.
    pub(in crate::log) fn begin(
        transaction: Transaction<'a>,
        tip: Tip,
        access: Arc<Access>,
        entries: usize,
    ) -> Self {
        Self {
            transaction,
            tip,
            entries: Vec::with_capacity(entries),
            rooms: RoomDeltas::default(),
            access,
            changes_access: false,
            redacts: false,
            with_deletions: Vec::new(),
            rewrites: false,
            deleted: None,
        }
    }

    /// Appends the entries that a draft becomes, dated by the clock. After a refusal the group is unchanged
    /// and can go on; after any other error it must not be committed.
    pub(in crate::log) fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
        self.decide(draft, |tip| (tip.head.next(), now_after(tip.at)))
    }

    /// Applies a draft that already has its place in the order. Errors are as in [`append`](Self::append).
    pub(in crate::log) fn apply(
        &mut self,
        position: Seq,
        at: Timestamp,
        draft: &Draft,
    ) -> Result<Outcome, LogError> {
        self.decide(draft, |_| (position, at))
    }

    /// Decides on a draft without appending it.
    pub(in crate::log) fn preview(&self, draft: &Draft) -> Result<Decision, LogError> {
        validate(self, draft, now_after(self.tip.at))
    }

    /// Commits the group.
    pub(in crate::log) fn commit(self) -> Result<CommittedGroup, LogError> {
        self.rooms.flush(&self.transaction).map_err(log_error)?;
        let deleted = match self.deleted {
            Some(room) => {
                let forgotten = expiry::newest_expired(&self.transaction).map_err(log_error)?;
                Some((vec![room], forgotten))
            }
            None => None,
        };
        let newest = |(room, id)| newest_message(&self.transaction, id).map(|newest| (room, newest));
        let newest = self
            .with_deletions
            .into_iter()
            .map(newest)
            .collect::<rusqlite::Result<_>>()
            .map_err(log_error)?;
        self.transaction.commit().map_err(log_error)?;
        Ok(CommittedGroup {
            entries: self.entries,
            tip: self.tip,
            redacts: self.redacts,
            newest,
            access: self.changes_access.then_some(self.access),
            deleted,
            rewrites: self.rewrites,
        })
    }

    /// The rights of people, with the group's changes.
    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// The uncommitted transaction with all of the group's changes.
    pub(in crate::log) fn into_transaction(self) -> Result<Transaction<'a>, LogError> {
        self.rooms.flush(&self.transaction).map_err(log_error)?;
        Ok(self.transaction)
    }

    /// Inserts an entry unchanged, without applying the rules.
    pub(in crate::log) fn replay(&mut self, stored: &StoredEntry) -> Result<(), LogError> {
        let entry = stored.entry().ok_or_else(|| LogError::Unavailable("the entry is damaged".to_owned()))?;
        self.insert(stored, entry).map_err(log_error)?;
        (self.tip.head, self.tip.at) = (entry.seq, entry.at);
        Ok(())
    }

    /// The connection, within the transaction.
    pub(in crate::log) fn connection(&self) -> &Connection {
        &self.transaction
    }

    /// The rooms, as the transaction has changed them.
    pub(super) fn rooms(&self) -> &RoomDeltas {
        &self.rooms
    }

    /// The number of rooms, including those that the transaction has created.
    pub(super) fn room_count(&self) -> usize {
        self.tip.rooms
    }

    fn decide(
        &mut self,
        draft: &Draft,
        place: impl Fn(&Tip) -> (Seq, Timestamp),
    ) -> Result<Outcome, LogError> {
        let (_, at) = place(&self.tip);
        let (kinds, makes_room) = match validate(self, draft, at)? {
            Decision::Settled(outcome) => return Ok(outcome),
            Decision::Append(kinds) => (kinds, false),
            Decision::Make(kind) => (vec![kind], true),
        };
        for kind in kinds {
            let (seq, at) = place(&self.tip);
            let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
            let stored = StoredEntry::encode(entry).map_err(|e| LogError::Unavailable(e.to_string()))?;
            self.replay(&stored)?;
            self.carry_out(&stored).map_err(log_error)?;
            self.entries.push(Arc::new(stored));
        }
        let outcome = if makes_room { Outcome::Made } else { Outcome::Appended };
        Ok(self.entries.last().cloned().map_or(Outcome::Unchanged, outcome))
    }

    /// Writes the entry and folds it into the read models.
    fn insert(&mut self, stored: &StoredEntry, entry: &Entry) -> rusqlite::Result<()> {
        let db = &self.transaction;
        match &entry.kind {
            EntryKind::Room { topic, .. } => {
                let is_made = self.rooms.write(db, entry, topic)?;
                self.tip.rooms += usize::from(is_made && !entry.room.is_reserved());
                if is_made && is_for_everybody(entry) {
                    Arc::make_mut(&mut self.access).note_public_room(entry);
                    self.changes_access = true;
                }
            }
            EntryKind::Access { .. } if self.rooms.id(db, &entry.room)?.is_none() => {
                self.rooms.write(db, entry, &Topic::default())?;
            }
            _ => {}
        }
        let room = self.rooms.add(db, entry)?;
        let seq = sql_seq(entry.seq);
        let row = (seq, room, sql_time(entry.at), std::str::from_utf8(&stored.json)?);
        db.prepare_cached("INSERT INTO entries VALUES (?, ?, ?, ?)")?.execute(row)?;
        match &entry.kind {
            EntryKind::Message { key, .. } => {
                let sql = "INSERT INTO messages (seq, room, author, key) VALUES (?, ?, ?, ?)";
                let author = entry.author.id.as_str();
                db.prepare_cached(sql)?.execute((seq, room, author, key.to_bytes()))?;
            }
            EntryKind::Edit { target, .. } => {
                db.prepare_cached("INSERT INTO edits VALUES (?, ?)")?.execute((seq, sql_seq(*target)))?;
            }
            EntryKind::Reaction { target, emoji, on } => reactions::apply(db, entry, *target, emoji, *on)?,
            EntryKind::Delete { target } => {
                self.redacts = true;
                if self.with_deletions.iter().all(|(_, known)| *known != room) {
                    self.with_deletions.push((entry.room.clone(), room));
                }
                let sql = "UPDATE messages SET is_deleted = 1 WHERE seq = ?";
                db.prepare_cached(sql)?.execute([sql_seq(*target)])?;
                reactions::clear(db, *target)?;
                redact::redact(db, entry, *target)?;
            }
            _ => {}
        }
        if let Some(gist) = Gist::of(entry) {
            access_entries::note(db, stored, &gist, room)?;
            let access = Arc::make_mut(&mut self.access);
            self.changes_access |= access.apply(entry);
        }
        Ok(())
    }

    /// Makes the changes to other rows that a new entry demands; those of a replayed one are in the replayed rows.
    fn carry_out(&mut self, stored: &StoredEntry) -> rusqlite::Result<()> {
        let Some(EntryKind::Access { change }) = stored.entry().map(|entry| &entry.kind) else {
            return Ok(());
        };
        match access_entries::carry_out(&self.transaction, &self.rooms, change)? {
            CarriedOut::Nothing => {}
            CarriedOut::NameForgotten => (self.redacts, self.rewrites) = (true, true),
            CarriedOut::RoomDeleted(room) => {
                self.redacts = true;
                self.tip.rooms = self.tip.rooms.saturating_sub(1);
                self.deleted = Some(room);
            }
        }
        Ok(())
    }
}
