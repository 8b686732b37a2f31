//! Retention: removes entries that are no longer kept, a bounded number at a time, so that publishers never
//! wait long.
//!
//! Nothing that refers to an entry can block its removal: no foreign key refers to any row but to the entry's
//! own number, and a room that cannot be pruned, because the database is damaged, is skipped until the next
//! run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use holdline_shared::{RoomName, Seq, Timestamp};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};

use super::stored::{self, sql_seq};
use crate::log::clock::{Age, AgeCut, RetentionClock, wall_clock};
use crate::log::engine::RoomCut;

/// Entries removed in one transaction: some tens of milliseconds.
const AT_ONCE: i64 = 2_000;

/// Retention: its clock, and a run of it, which takes as many transactions as it needs.
pub(in crate::log) struct Pruner {
    clock: RetentionClock,
    run: Run,
}

/// The state of a run between two transactions.
#[derive(Default)]
struct Run {
    /// Rooms that could not be pruned in this run.
    failed: BTreeSet<i64>,
    /// The position up to which all entries that are too old belong to failed rooms.
    passed: i64,
}

/// The result of one transaction of a run.
#[derive(Debug, Default)]
pub(in crate::log) struct Pruned {
    /// The rooms that lost entries.
    pub(in crate::log) cuts: Vec<RoomCut>,
    /// Whether more entries may be left to remove.
    pub(in crate::log) more: bool,
}

impl Pruner {
    /// Makes the pruner of a log that was last in use at [`known`](crate::log::clock::known).
    pub(in crate::log) fn new(known: Timestamp) -> Self {
        Self { clock: RetentionClock::new(known, Instant::now()), run: Run::default() }
    }

    /// The time as retention believes it.
    pub(in crate::log) fn now(&mut self) -> Timestamp {
        self.clock.now(wall_clock(), Instant::now())
    }

    /// The cut for entries that are older than `age` now.
    pub(in crate::log) fn cut(&mut self, age: Duration) -> AgeCut {
        self.clock.cut(age, wall_clock(), Instant::now())
    }

    /// Removes some entries; a run ends when no more are left. `head` stays, because it defines the next
    /// position.
    pub(in crate::log) fn prune(
        &mut self,
        db: &mut Connection,
        age: Option<AgeCut>,
        per_room: Option<u64>,
        head: Seq,
    ) -> rusqlite::Result<Pruned> {
        let mut transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let pruned = self.run.prune(&mut transaction, age, per_room, sql_seq(head));
        if !matches!(pruned, Ok(Pruned { more: true, .. })) {
            self.run = Run::default();
        }
        let pruned = pruned?;
        transaction.commit()?;
        Ok(pruned)
    }
}

/// Whether retention would remove anything.
pub(super) fn is_due(
    db: &Connection,
    age: Option<AgeCut>,
    per_room: Option<u64>,
    head: Seq,
) -> rusqlite::Result<bool> {
    let mut run = Run::default();
    loop {
        let (cuts, more) = run.next_cuts(db, age, per_room, sql_seq(head))?;
        if !cuts.is_empty() || !more {
            return Ok(!cuts.is_empty());
        }
    }
}

/// Removes some entries as [`Pruner::prune`] does. The choice depends on the database alone and not on
/// earlier calls.
pub(super) fn prune_once(
    mut transaction: Transaction<'_>,
    age: Option<AgeCut>,
    per_room: Option<u64>,
    head: Seq,
) -> rusqlite::Result<Pruned> {
    let mut run = Run::default();
    loop {
        let pruned = run.prune(&mut transaction, age, per_room, sql_seq(head))?;
        if !pruned.cuts.is_empty() || !pruned.more {
            transaction.commit()?;
            return Ok(pruned);
        }
    }
}

impl Run {
    fn prune(
        &mut self,
        transaction: &mut Transaction<'_>,
        age: Option<AgeCut>,
        per_room: Option<u64>,
        head: i64,
    ) -> rusqlite::Result<Pruned> {
        let (cuts, more) = self.next_cuts(transaction, age, per_room, head)?;
        let mut pruned = Pruned { cuts: Vec::new(), more };
        for (room, upto) in cuts {
            let name = name(transaction, room);
            let savepoint = transaction.savepoint()?;
            match remove_entries(&savepoint, room, upto) {
                Ok(()) => {
                    savepoint.commit()?;
                    pruned.cuts.push(RoomCut { room: RoomName::received(name), upto: stored::seq(upto) });
                }
                Err(error) if concerns_all(&error) => return Err(error),
                Err(error) => {
                    drop(savepoint);
                    tracing::error!(%name, %error, "a room's old entries cannot be removed; the others' are");
                    self.failed.insert(room);
                    // More removable entries may follow those of the failed room.
                    pruned.more = true;
                }
            }
        }
        Ok(pruned)
    }

    /// The rooms with entries to remove, each with the last entry to remove, and whether more rooms may
    /// follow. Each room loses all entries up to a position, so the rest has no holes.
    fn next_cuts(
        &mut self,
        db: &Connection,
        age: Option<AgeCut>,
        per_room: Option<u64>,
        head: i64,
    ) -> rusqlite::Result<(BTreeMap<i64, i64>, bool)> {
        let (mut cuts, mut more) = (BTreeMap::new(), false);
        if let Some(age) = age {
            more = self.cut_by_age(db, age, head, &mut cuts)?;
        }
        if let Some(most) = per_room.and_then(|most| i64::try_from(most).ok()) {
            let (crowded, any_left) = self.crowded_rooms(db, most)?;
            more |= any_left;
            for (room, last_to_go) in crowded {
                let cut: &mut i64 = cuts.entry(room).or_default();
                *cut = last_to_go.min(head - 1).max(*cut);
            }
        }
        Ok((cuts, more))
    }

    /// Notes for each room up to which entry it is too old, and returns whether more entries may be too old.
    fn cut_by_age(
        &mut self,
        db: &Connection,
        cut: AgeCut,
        head: i64,
        cuts: &mut BTreeMap<i64, i64>,
    ) -> rusqlite::Result<bool> {
        let sql = "SELECT seq, room, at FROM entries WHERE seq > ?
                   AND seq NOT IN (SELECT seq FROM access_entries) ORDER BY seq LIMIT ?";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query((self.passed, AT_ONCE))?;
        let mut looked_at = 0;
        // Entries with an implausible date are removed together with the next entry that is due.
        let mut undated: BTreeMap<i64, i64> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (seq, room, at): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let age = cut.age(Timestamp(at.cast_unsigned()));
            if age == Age::Kept || seq >= head {
                break;
            }
            looked_at += 1;
            if !self.failed.contains(&room) {
                undated.insert(room, seq);
            }
            if age == Age::Due {
                cuts.append(&mut undated);
            }
            if cuts.is_empty() {
                self.passed = seq;
            }
        }
        Ok(looked_at == AT_ONCE)
    }

    /// Finds some of the rooms with more than `most` entries, each with the newest entry to remove, and whether
    /// more such rooms exist.
    fn crowded_rooms(&self, db: &Connection, most: i64) -> rusqlite::Result<(Vec<(i64, i64)>, bool)> {
        let sql = "SELECT id, entries - ?1 FROM rooms WHERE entries > ?1";
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let surplus: Vec<(i64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut left = AT_ONCE;
        let mut cuts = Vec::new();
        let mut any_left = false;
        for (room, surplus) in surplus.into_iter().filter(|(room, _)| !self.failed.contains(room)) {
            let going = surplus.min(left);
            any_left |= going < surplus;
            if going == 0 {
                break;
            }
            left -= going;
            let sql = "SELECT seq FROM entries WHERE room = ?
                       AND seq NOT IN (SELECT seq FROM access_entries) ORDER BY seq LIMIT 1 OFFSET ?";
            let mut statement = db.prepare_cached(sql)?;
            let newest_to_go: Option<i64> =
                statement.query_row((room, going - 1), |row| row.get(0)).optional()?;
            cuts.extend(newest_to_go.map(|seq| (room, seq)));
        }
        Ok((cuts, any_left))
    }
}

/// A room's name, as far as it can be read.
fn name(db: &Connection, room: i64) -> String {
    let sql = "SELECT name FROM rooms WHERE id = ?";
    let name = db.query_row(sql, [room], |row| Ok(stored::text(row, 0)?.into_owned()));
    name.unwrap_or_else(|_| format!("number {room}"))
}

/// Whether an error concerns the disk or the whole database, so that other rooms would fail as well.
fn concerns_all(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OutOfMemory
                | ErrorCode::NotADatabase
        )
    )
}

/// Removes a room with everything that it had.
pub(super) fn remove_room(db: &Connection, room: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM access_entries WHERE room = ?", [room])?;
    remove_entries(db, room, i64::MAX)?;
    db.execute("DELETE FROM rooms WHERE id = ?", [room])?;
    Ok(())
}

/// Removes the entries of a room up to a position, but those that say who may do what. The rows that came with an entry are removed with it: as
/// many as entries, and the counts of the reactions to its messages.
pub(super) fn remove_entries(db: &Connection, room: i64, upto: i64) -> rusqlite::Result<()> {
    for (table, column) in
        [("reactions", "seq"), ("reaction_counts", "target"), ("edits", "seq"), ("messages", "seq")]
    {
        let sql = format!(
            "DELETE FROM {table} WHERE {column} IN (SELECT seq FROM entries WHERE room = ? AND seq <= ?)"
        );
        db.prepare_cached(&sql)?.execute((room, upto))?;
    }
    let sql = "DELETE FROM entries WHERE room = ? AND seq <= ?
               AND seq NOT IN (SELECT seq FROM access_entries)";
    let gone = db.prepare_cached(sql)?.execute((room, upto))?;
    let sql = "UPDATE rooms SET forgotten = max(forgotten, ?2), entries = entries - ?3 WHERE id = ?1";
    db.prepare_cached(sql)?.execute((room, upto, gone))?;
    Ok(())
}
