//! Rooms that nobody fills are removed, and what they had counts as forgotten.

use std::time::Duration;

use holdline_shared::{RoomName, Seq, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::log_error;
use super::prune::forget;
use super::stored::{seq, sql_seq};
use crate::log::clock::{Age, AgeCut, wall_clock};
use crate::log::{LogError, RoomInUse};

/// Entries that a room may have to be removed at once; one that has more, all of them changes of its topic, loses some of
/// them each time.
const ENTRIES_AT_ONCE: i64 = 2_000;
/// Rooms removed in one transaction.
pub(super) const ROOMS_AT_ONCE: usize = 200;

/// The rooms that a run removed.
pub(super) struct Expired {
    pub(super) rooms: Vec<RoomName>,
    /// The newest entry of a room that ever expired.
    pub(super) forgotten: Seq,
}

/// The time before which a room is idle by the clock alone; retention's clock decides in the end.
pub(super) fn idle_before(idle: Duration) -> Timestamp {
    Timestamp(wall_clock().0.saturating_sub(u64::try_from(idle.as_millis()).unwrap_or(u64::MAX)))
}

/// Removes those of the rooms that are still empty, that nobody uses and whose newest entry is due. The room of the log's
/// last entry stays, for that entry says where the log goes on.
pub(super) fn expire(
    db: &mut Connection,
    rooms: &[RoomName],
    cut: AgeCut,
    head: Seq,
    is_in_use: &RoomInUse,
) -> Result<Expired, LogError> {
    let mut within = || -> rusqlite::Result<Expired> {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut expired = Expired { rooms: Vec::new(), forgotten: forgotten(&transaction)? };
        for name in rooms {
            if *name == RoomName::lobby() || is_in_use(name) {
                continue;
            }
            if let Some(newest) = remove(&transaction, name, cut, head)? {
                expired.rooms.push(name.clone());
                expired.forgotten = expired.forgotten.max(newest);
            }
        }
        let sql = "INSERT INTO meta VALUES ('expired', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1";
        transaction.prepare_cached(sql)?.execute([expired.forgotten.0.to_le_bytes()])?;
        transaction.commit()?;
        Ok(expired)
    };
    within().map_err(log_error)
}

fn remove(
    transaction: &Transaction<'_>,
    name: &RoomName,
    cut: AgeCut,
    head: Seq,
) -> rusqlite::Result<Option<Seq>> {
    let sql = "SELECT id, head, at, entries FROM rooms WHERE name = ? AND head < ?
               AND NOT EXISTS (SELECT 1 FROM messages WHERE room = id)";
    let found: Option<(i64, i64, i64, i64)> = transaction
        .prepare_cached(sql)?
        .query_row((name.as_str(), sql_seq(head)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((id, newest, at, entries)) = found else { return Ok(None) };
    if cut.age(Timestamp(at.cast_unsigned())) != Age::Due {
        return Ok(None);
    }
    if entries > ENTRIES_AT_ONCE {
        let sql = "SELECT seq FROM entries WHERE room = ? ORDER BY seq LIMIT 1 OFFSET ?";
        let upto = transaction.prepare_cached(sql)?.query_row((id, ENTRIES_AT_ONCE), |row| row.get(0))?;
        forget(transaction, id, upto)?;
        return Ok(None);
    }
    forget(transaction, id, i64::MAX)?;
    transaction.prepare_cached("DELETE FROM rooms WHERE id = ?")?.execute([id])?;
    Ok(Some(seq(newest)))
}

/// The newest entry of a room that expired; zero when none ever did.
pub(super) fn forgotten(connection: &Connection) -> rusqlite::Result<Seq> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = 'expired'")?;
    let value: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
    let bytes = value.and_then(|value| value.try_into().ok());
    Ok(Seq(bytes.map_or(0, u64::from_le_bytes)))
}

#[cfg(test)]
mod tests;
