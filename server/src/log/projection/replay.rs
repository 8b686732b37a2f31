//! Rebuilds the read models from entries: for an import, and for the check that compares them with the log's
//! own.

use holdline_shared::{RoomName, Seq, Topic};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::append_transaction::AppendTransaction;
use super::errors::log_error;
use super::stored;
use crate::log::error::LogError;
use crate::log::stored_entry::StoredEntry;

/// A room as it is copied from one log to another: the entry that created it may have been removed by
/// retention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::log) struct CarriedRoom {
    pub(in crate::log) name: RoomName,
    topic: Topic,
    head: Seq,
    at: u64,
    forgotten: Seq,
}

/// The rooms of the database `schema` of this connection.
pub(in crate::log) fn carried_rooms(db: &Connection, schema: &str) -> rusqlite::Result<Vec<CarriedRoom>> {
    let sql = format!("SELECT name, topic, head, at, forgotten FROM {schema}.rooms ORDER BY id");
    let mut statement = db.prepare(&sql)?;
    let rooms = statement.query_map([], |row| {
        Ok(CarriedRoom {
            name: RoomName::received(stored::text(row, 0)?),
            topic: Topic::received(stored::text(row, 1)?),
            head: stored::seq(row.get(2)?),
            at: row.get::<_, i64>(3)?.cast_unsigned(),
            forgotten: stored::seq(row.get(4)?),
        })
    })?;
    rooms.collect()
}

/// Makes these rooms in an empty database, without entries.
pub(in crate::log) fn make_rooms(db: &Connection, rooms: &[CarriedRoom]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rooms (name, topic, head, at, entries, forgotten) VALUES (?, ?, ?, ?, 0, ?)";
    let mut statement = db.prepare(sql)?;
    for room in rooms {
        let (head, forgotten) = (stored::sql_seq(room.head), stored::sql_seq(room.forgotten));
        let at = room.at.cast_signed();
        statement.execute((room.name.as_str(), room.topic.as_str(), head, at, forgotten))?;
    }
    Ok(())
}

/// Reads some of the entries of the database `schema` after `after`, in log order; a damaged one is `None`.
pub(in crate::log) fn some_entries(
    db: &Connection,
    schema: &str,
    after: Seq,
) -> rusqlite::Result<Vec<(Seq, Option<StoredEntry>)>> {
    /// The largest number of entries read at once: some megabytes at most.
    const AT_ONCE: i64 = 500;
    let sql = format!(
        "SELECT e.seq, r.name, e.json FROM {schema}.entries e LEFT JOIN {schema}.rooms r ON r.id = e.room
         WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query((stored::sql_seq(after), AT_ONCE))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, room, json) = (stored::seq(row.get(0)?), stored::text(row, 1)?, stored::bytes(row, 2)?);
        let sound = stored::entry(seq, json).filter(|entry| entry.room.as_str() == room);
        entries.push((seq, sound.map(|entry| StoredEntry::from_stored(seq, entry.room, json.to_vec()))));
    }
    Ok(entries)
}

/// Reads entries like [`some_entries`], one by one, when a page of the database is damaged. Every position up
/// to `head` that cannot be read counts as damaged, whether or not it had an entry.
pub(in crate::log) fn some_readable_entries(
    db: &Connection,
    after: Seq,
    head: Seq,
) -> rusqlite::Result<Vec<(Seq, Option<StoredEntry>)>> {
    const AT_ONCE: usize = 500;
    let sql = "SELECT r.name, e.json FROM entries e LEFT JOIN rooms r ON r.id = e.room WHERE e.seq = ?";
    let mut statement = db.prepare_cached(sql)?;
    let mut entries = Vec::new();
    for seq in (after.0.saturating_add(1)..=head.0).map(Seq) {
        let found = statement.query_row([stored::sql_seq(seq)], |row| {
            let (room, json) = (stored::text(row, 0)?, stored::bytes(row, 1)?);
            let sound = stored::entry(seq, json).filter(|entry| entry.room.as_str() == room);
            Ok(sound.map(|entry| StoredEntry::from_stored(seq, entry.room, json.to_vec())))
        });
        match found {
            Ok(entry) => entries.push((seq, entry)),
            Err(rusqlite::Error::QueryReturnedNoRows) => continue,
            Err(_) => entries.push((seq, None)),
        }
        if entries.len() == AT_ONCE {
            break;
        }
    }
    Ok(entries)
}

/// Replays all entries of the attached database `schema`. For a damaged entry, copies its rows from the read
/// models of `schema` instead, and calls `damaged`.
pub(in crate::log) fn replay_attached(
    group: &mut AppendTransaction<'_>,
    schema: &str,
    damaged: &mut dyn FnMut(Seq),
) -> Result<(), LogError> {
    let mut after = Seq::START;
    loop {
        let entries = some_entries(group.connection(), schema, after).map_err(log_error)?;
        let Some((last, _)) = entries.last() else { return Ok(()) };
        after = *last;
        for (seq, entry) in entries {
            if entry.is_none_or(|entry| group.replay(&entry).is_err()) {
                damaged(seq);
                copy_rows(group.connection(), schema, seq).map_err(log_error)?;
            }
        }
    }
}

/// Copies the rows of a damaged entry from the database `schema`, whose rooms have the same numbers.
fn copy_rows(db: &Connection, schema: &str, seq: Seq) -> rusqlite::Result<()> {
    let seq = stored::sql_seq(seq);
    let sql = format!("INSERT OR IGNORE INTO entries SELECT * FROM {schema}.entries WHERE seq = ?");
    db.execute(&sql, [seq])?;
    for table in ["messages", "edits", "reactions", "access_entries"] {
        let sql = format!("INSERT OR IGNORE INTO {table} SELECT * FROM {schema}.{table} WHERE seq = ?");
        db.execute(&sql, [seq])?;
    }
    db.execute(
        "UPDATE rooms SET head = max(head, ?1), entries = entries + (?1 NOT IN (SELECT seq FROM access_entries))
         WHERE id = (SELECT room FROM entries WHERE seq = ?1)",
        [seq],
    )?;
    Ok(())
}
