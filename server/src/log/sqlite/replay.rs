//! Builds the read models anew from entries, as they were built when the entries were appended: for an import, and for the
//! check that compares them with those that are there.

use holdline_shared::{RoomName, Seq, Topic};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::log::Committed;

/// A room as it is carried from one log to another: the entry that made it may have been forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CarriedRoom {
    pub(super) name: RoomName,
    pub(super) topic: Topic,
    head: Seq,
    at: u64,
    forgotten: Seq,
}

/// The rooms of the database `schema` of this connection.
pub(super) fn rooms(db: &Connection, schema: &str) -> rusqlite::Result<Vec<CarriedRoom>> {
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
pub(super) fn make_rooms(db: &Connection, rooms: &[CarriedRoom]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rooms (name, topic, head, at, entries, forgotten) VALUES (?, ?, ?, ?, 0, ?)";
    let mut statement = db.prepare(sql)?;
    for room in rooms {
        let (head, forgotten) = (stored::sql_seq(room.head), stored::sql_seq(room.forgotten));
        let at = room.at.cast_signed();
        statement.execute((room.name.as_str(), room.topic.as_str(), head, at, forgotten))?;
    }
    Ok(())
}

/// Entries of the database `schema` after `after`, in log order, some at a time; `None` stands for one that is damaged.
pub(super) fn some_entries(
    db: &Connection,
    schema: &str,
    after: Seq,
) -> rusqlite::Result<Vec<(Seq, Option<Committed>)>> {
    /// Some megabytes at the most.
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
        entries.push((seq, sound.map(|entry| Committed::from_stored(seq, entry.room, json.to_vec()))));
    }
    Ok(entries)
}

/// Copies what the database `schema` says of an entry that is damaged.
pub(super) fn copy_rows(db: &Connection, schema: &str, seq: Seq) -> rusqlite::Result<()> {
    let seq = stored::sql_seq(seq);
    let in_room = format!("SELECT r.id FROM rooms r JOIN {schema}.rooms o ON o.name = r.name WHERE o.id = ");
    db.execute(
        &format!(
            "INSERT INTO entries SELECT seq, ({in_room} {schema}.entries.room), at, json FROM {schema}.entries WHERE seq = ?"
        ),
        [seq],
    )?;
    db.execute(
        "UPDATE rooms SET entries = entries + 1, head = max(head, ?1)
         WHERE id = (SELECT room FROM entries WHERE seq = ?1)",
        [seq],
    )?;
    db.execute(
        &format!(
            "INSERT INTO messages SELECT seq, ({in_room} {schema}.messages.room), author, key, is_deleted
             FROM {schema}.messages WHERE seq = ?"
        ),
        [seq],
    )?;
    for table in ["edits", "reactions"] {
        db.execute(&format!("INSERT INTO {table} SELECT * FROM {schema}.{table} WHERE seq = ?"), [seq])?;
    }
    Ok(())
}
