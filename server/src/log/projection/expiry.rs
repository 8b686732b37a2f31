//! Expiry: removes rooms without messages. Their entries count as forgotten.

use holdline_shared::{RoomName, Seq, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::meta::write_meta;
use super::prune::remove_entries;
use super::stored::{self, seq, sql_seq};
use crate::log::clock::{Age, AgeCut};
use crate::log::engine::RoomCut;

/// The number of entries that one transaction removes with a room. A room with more, all of them changes of
/// its topic, loses this many each time.
const ENTRIES_AT_ONCE: i64 = 2_000;
/// The number of rooms that one transaction checks.
pub(in crate::log) const ROOMS_AT_ONCE: usize = 200;

/// The result of one transaction.
#[derive(Debug, Clone, Default)]
pub(in crate::log) struct Expired {
    /// The removed rooms.
    pub(in crate::log) rooms: Vec<RoomName>,
    /// The newest entry of any room that ever expired.
    pub(in crate::log) forgotten: Seq,
    /// The rooms that lost only some of their entries and have to be checked again.
    pub(in crate::log) cuts: Vec<RoomCut>,
}

/// The rooms without messages, rules and members: all of them, or only those that are due.
pub(in crate::log) fn empty_rooms(db: &Connection, due: Option<AgeCut>) -> rusqlite::Result<Vec<RoomName>> {
    let sql = "SELECT name, head, at FROM rooms WHERE head < (SELECT max(seq) FROM entries)
               AND NOT EXISTS (SELECT 1 FROM messages WHERE room = id)
               AND NOT EXISTS (SELECT 1 FROM access_entries WHERE room = id)";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        let name = RoomName::received(stored::text(row, 0)?);
        let is_wanted = match due {
            None => true,
            Some(idle) => age(db, row.get(1)?, row.get(2)?, idle)? == Age::Due,
        };
        if is_wanted && may_expire(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Removes those of the rooms that are still empty, unused, and whose newest entry is due. The room of the
/// log's last entry, `head`, stays, because that entry defines the next position.
pub(in crate::log) fn expire(
    transaction: Transaction<'_>,
    rooms: &[RoomName],
    idle: AgeCut,
    head: Seq,
    is_in_use: &dyn Fn(&RoomName) -> bool,
) -> rusqlite::Result<Expired> {
    let mut expired = Expired { forgotten: newest_expired(&transaction)?, ..Expired::default() };
    for name in rooms.iter().filter(|name| may_expire(name) && !is_in_use(name)) {
        match remove(&transaction, name, idle, head)? {
            Removal::None => {}
            Removal::Upto(upto) => expired.cuts.push(RoomCut { room: name.clone(), upto }),
            Removal::All(newest) => {
                expired.rooms.push(name.clone());
                expired.forgotten = expired.forgotten.max(newest);
            }
        }
    }
    if !expired.rooms.is_empty() {
        write_meta(&transaction, &[("expired", &expired.forgotten.0.to_le_bytes())])?;
    }
    transaction.commit()?;
    Ok(expired)
}

/// Whether the room is none of those that stay in any case.
fn may_expire(room: &RoomName) -> bool {
    !room.is_reserved() && *room != RoomName::lobby()
}

/// The extent to which a room was removed.
enum Removal {
    /// The room stays.
    None,
    /// The entries up to this position were removed.
    Upto(Seq),
    /// The room was removed, with this newest entry.
    All(Seq),
}

fn remove(
    transaction: &Transaction<'_>,
    name: &RoomName,
    idle: AgeCut,
    head: Seq,
) -> rusqlite::Result<Removal> {
    let sql = "SELECT id, head, at, entries FROM rooms WHERE name = ? AND head < ?
               AND NOT EXISTS (SELECT 1 FROM messages WHERE room = id)
               AND NOT EXISTS (SELECT 1 FROM access_entries WHERE room = id)";
    let found: Option<(i64, i64, i64, i64)> = transaction
        .prepare_cached(sql)?
        .query_row((name.as_str(), sql_seq(head)), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((id, newest, at, entries)) = found else { return Ok(Removal::None) };
    if age(transaction, newest, at, idle)? != Age::Due {
        return Ok(Removal::None);
    }
    if entries > ENTRIES_AT_ONCE {
        let sql = "SELECT seq FROM entries WHERE room = ? ORDER BY seq LIMIT 1 OFFSET ?";
        let upto = transaction.prepare_cached(sql)?.query_row((id, ENTRIES_AT_ONCE), |row| row.get(0))?;
        remove_entries(transaction, id, upto)?;
        return Ok(Removal::Upto(seq(upto)));
    }
    remove_entries(transaction, id, i64::MAX)?;
    transaction.prepare_cached("DELETE FROM rooms WHERE id = ?")?.execute([id])?;
    Ok(Removal::All(seq(newest)))
}

/// The age of a room whose newest entry is `newest`, dated `at`. When that date cannot be true, the room is as old as the
/// next entry of the log whose date can.
fn age(db: &Connection, newest: i64, at: i64, idle: AgeCut) -> rusqlite::Result<Age> {
    let age = idle.age(Timestamp(at.cast_unsigned()));
    if age != Age::Unknown {
        return Ok(age);
    }
    let mut statement = db.prepare_cached("SELECT at FROM entries WHERE seq > ? ORDER BY seq LIMIT 1000")?;
    let mut rows = statement.query([newest])?;
    while let Some(row) = rows.next()? {
        match idle.age(Timestamp(row.get::<_, i64>(0)?.cast_unsigned())) {
            Age::Unknown => {}
            known => return Ok(known),
        }
    }
    Ok(Age::Unknown)
}

/// The newest entry of any room that ever expired; zero if none has.
pub(in crate::log) fn newest_expired(db: &Connection) -> rusqlite::Result<Seq> {
    let mut statement = db.prepare_cached("SELECT value FROM meta WHERE name = 'expired'")?;
    let value: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
    let bytes = value.and_then(|value| value.try_into().ok());
    Ok(Seq(bytes.map_or(0, u64::from_le_bytes)))
}
