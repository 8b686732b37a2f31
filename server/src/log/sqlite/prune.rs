//! Forgetting: removes entries that need not be kept, a bounded number at a time, so that publishers never wait long.

use std::collections::BTreeMap;
use std::time::Instant;

use holdline_shared::{Seq, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::log_error;
use super::reader::sql_seq;
use crate::log::clock::{Age, AgeCut, RetentionClock, wall_clock};
use crate::log::{LogError, Retention};

/// Entries removed in one transaction: some tens of milliseconds.
const AT_ONCE: i64 = 2_000;

/// Removes some, and answers whether there may be more. `head` stays, for it says where the log goes on.
pub(super) fn prune(
    db: &mut Connection,
    keep: &Retention,
    head: Seq,
    clock: &mut RetentionClock,
) -> Result<bool, LogError> {
    let cut = keep.age.map(|age| clock.cut(age, wall_clock(), Instant::now()));
    prune_within(db, cut, keep.per_room, sql_seq(head)).map_err(log_error)
}

fn prune_within(
    db: &mut Connection,
    cut: Option<AgeCut>,
    per_room: Option<u64>,
    head: i64,
) -> rusqlite::Result<bool> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Each room loses everything up to a position, so what is left of it is without holes.
    let mut cuts: BTreeMap<i64, i64> = BTreeMap::new();
    let mut more = false;
    if let Some(cut) = cut {
        let mut statement =
            transaction.prepare_cached("SELECT seq, room, at FROM entries ORDER BY seq LIMIT ?")?;
        let mut rows = statement.query([AT_ONCE])?;
        let mut old = 0;
        while let Some(row) = rows.next()? {
            let (seq, room, at): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let age = cut.age(Timestamp(at.cast_unsigned()));
            if age == Age::Kept || seq >= head {
                break;
            }
            old += 1;
            cuts.insert(room, seq);
        }
        more = old == AT_ONCE;
    }
    if let Some(most) = per_room.and_then(|most| i64::try_from(most).ok()) {
        let (crowded, any_left) = crowded_rooms(&transaction, most)?;
        more |= any_left;
        for (room, last_to_go) in crowded {
            let cut = cuts.entry(room).or_default();
            *cut = last_to_go.min(head - 1).max(*cut);
        }
    }
    for (room, cut) in cuts {
        forget(&transaction, room, cut)?;
    }
    transaction.commit()?;
    Ok(more)
}

/// Rooms with more than `most` entries, each with the newest that has to go; some of them, and whether there are more.
fn crowded_rooms(transaction: &Transaction<'_>, most: i64) -> rusqlite::Result<(Vec<(i64, i64)>, bool)> {
    let sql = "SELECT id, entries - ?1 FROM rooms WHERE entries > ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let surplus: Vec<(i64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let mut left = AT_ONCE;
    let mut cuts = Vec::new();
    let mut any_left = false;
    for (room, surplus) in surplus {
        let going = surplus.min(left);
        any_left |= going < surplus;
        if going == 0 {
            break;
        }
        left -= going;
        let sql = "SELECT seq FROM entries WHERE room = ? ORDER BY seq LIMIT 1 OFFSET ?";
        let mut statement = transaction.prepare_cached(sql)?;
        let newest_to_go: Option<i64> =
            statement.query_row((room, going - 1), |row| row.get(0)).optional()?;
        cuts.extend(newest_to_go.map(|seq| (room, seq)));
    }
    Ok((cuts, any_left))
}

fn forget(transaction: &Transaction<'_>, room: i64, upto: i64) -> rusqlite::Result<()> {
    let of_edits = "DELETE FROM edits WHERE seq IN (SELECT seq FROM entries WHERE room = ? AND seq <= ?)";
    transaction.prepare_cached(of_edits)?.execute((room, upto))?;
    transaction.prepare_cached("DELETE FROM messages WHERE room = ? AND seq <= ?")?.execute((room, upto))?;
    let gone = transaction
        .prepare_cached("DELETE FROM entries WHERE room = ? AND seq <= ?")?
        .execute((room, upto))?;
    let sql = "UPDATE rooms SET forgotten = max(forgotten, ?2), entries = entries - ?3 WHERE id = ?1";
    transaction.prepare_cached(sql)?.execute((room, upto, gone))?;
    Ok(())
}
