//! The entries that say who may do what: which they are, how they are read at the start, and what some of them change
//! besides. Retention keeps them, because the rules of today follow from all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdline_shared::{Entry, PersonId, RoomName, Seq, Timestamp, Topic};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::meta::write_meta;
use super::prune::remove_room;
use super::room_deltas::RoomDeltas;
use super::{expiry, reactions, stored};
use crate::access::{Access, AccessChange, Gist, NOBODY, visibility_of_name};
use crate::log::stored_entry::StoredEntry;

/// The fields in which a change of access tells of its person besides the name.
const PERSONAL: [&str; 4] = ["about", "time_zone", "device", "passphrase"];

/// Migrates to version 3: a table of the entries that say who may do what. No earlier version wrote one.
pub(super) fn make_table(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "
        CREATE TABLE access_entries (seq INTEGER PRIMARY KEY, room INTEGER NOT NULL) STRICT;
        CREATE INDEX access_entries_by_room ON access_entries (room);
        ",
    )
}

/// Migrates to version 4, which knows of damage: `kind` and `subject` are an entry's gist, and `digest` tells whether its JSON
/// is as it was written. A rule that is read as another one, or not at all, must not open a room.
pub(super) fn add_gists(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "
        ALTER TABLE access_entries RENAME TO without_gists;
        DROP INDEX access_entries_by_room;
        CREATE TABLE access_entries (
            seq INTEGER PRIMARY KEY,
            room INTEGER NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE INDEX access_entries_by_room ON access_entries (room);
        ",
    )?;
    let sql = "SELECT seq, w.room, ifnull(json, '') FROM without_gists w LEFT JOIN entries USING (seq) ORDER BY seq";
    let mut statement = transaction.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let json = stored::bytes(row, 2)?;
        let entry = serde_json::from_slice(json).ok();
        // What cannot be read was passed over until now, and will be.
        let gist = entry.as_ref().and_then(Gist::of);
        let gist = gist.unwrap_or_else(|| Gist { kind: String::new(), subject: String::new() });
        note_row(transaction, row.get(0)?, row.get(1)?, &gist, json)?;
    }
    transaction.execute_batch("DROP TABLE without_gists")
}

/// Notes that an entry of a room is one of them.
pub(super) fn note(db: &Connection, stored: &StoredEntry, gist: &Gist, room: i64) -> rusqlite::Result<()> {
    note_row(db, stored::sql_seq(stored.seq), room, gist, &stored.json)
}

fn note_row(db: &Connection, seq: i64, room: i64, gist: &Gist, json: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO access_entries VALUES (?, ?, ?, ?, ?)";
    db.prepare_cached(sql)?.execute((seq, room, &gist.kind, &gist.subject, digest(json)))?;
    Ok(())
}

/// The beginning of the SHA-256 of an entry's JSON: enough to notice damage.
fn digest(json: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(json);
    std::array::from_fn(|at| digest[at])
}

/// Folds all of them. In place of a damaged one, its gist is applied.
pub(in crate::log) fn read_access(db: &Connection) -> rusqlite::Result<Arc<Access>> {
    let mut access = Access::default();
    each(db, |seq, room, gist, sound| {
        if !sound.is_some_and(|entry| access.apply(&entry)) {
            access.apply_damaged(seq, room, gist);
            tracing::error!(%seq, "a record of who may do what is damaged: {}", gist.consequence(room));
        }
    })?;
    hide_rooms_without_rules(db, &mut access)?;
    Ok(Arc::new(access))
}

/// The damaged ones, with what holds in their place.
pub(in crate::log) fn damaged_access_entries(db: &Connection) -> rusqlite::Result<Vec<(Seq, String)>> {
    let mut damaged = Vec::new();
    each(db, |seq, room, gist, sound| {
        if sound.is_none() {
            damaged.push((seq, gist.consequence(room)));
        }
    })?;
    Ok(damaged)
}

/// The entries that take the place of the damaged ones in a copy of the log; of some of those none does.
pub(in crate::log) fn stand_ins(db: &Connection) -> rusqlite::Result<BTreeMap<Seq, Option<Entry>>> {
    let mut damaged = Vec::new();
    each(db, |seq, room, gist, sound| {
        if sound.is_none() {
            damaged.push((seq, room.clone(), gist.clone()));
        }
    })?;
    let sql = "SELECT e.at, r.topic FROM entries e LEFT JOIN rooms r ON r.id = e.room WHERE e.seq = ?";
    let mut statement = db.prepare(sql)?;
    let stand_in = |(seq, room, gist): (Seq, RoomName, Gist)| {
        let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, Topic::received(stored::text(row, 1)?)));
        // If that cannot be read either, the date and the topic are lost.
        let (at, topic) = statement.query_row([stored::sql_seq(seq)], row).unwrap_or_default();
        (seq, gist.stand_in(seq, Timestamp(at.cast_unsigned()), &room, topic))
    };
    Ok(damaged.into_iter().map(stand_in).collect())
}

/// Reads all of them in log order; the entry of a damaged one is `None`.
fn each(db: &Connection, mut take: impl FnMut(Seq, &RoomName, &Gist, Option<Entry>)) -> rusqlite::Result<()> {
    let sql = "SELECT seq, digest, kind, subject, name FROM access_entries
               LEFT JOIN rooms ON rooms.id = access_entries.room ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let mut reading = db.prepare("SELECT json FROM entries WHERE seq = ?")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let json = reading.query_row([row.get::<_, i64>(0)?], |row| Ok(stored::bytes(row, 0)?.to_vec()));
        let json = match json {
            Ok(json) => json,
            Err(rusqlite::Error::QueryReturnedNoRows) => Vec::new(),
            // The page with the entry is damaged.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => Vec::new(),
            Err(error) => return Err(error),
        };
        let seq = stored::seq(row.get(0)?);
        let is_as_written = digest(&json) == *stored::bytes(row, 1)?;
        let gist = Gist { kind: stored::text(row, 2)?.into(), subject: stored::text(row, 3)?.into() };
        let room = RoomName::received(stored::text(row, 4)?);
        let sound = stored::entry(seq, &json).filter(|entry| is_as_written && entry.room == room);
        take(seq, &room, &gist, sound);
    }
    Ok(())
}

/// Hides the rooms whose names say that they were not public, and whose rules are lost without a trace.
fn hide_rooms_without_rules(db: &Connection, access: &mut Access) -> rusqlite::Result<()> {
    let mut statement =
        db.prepare("SELECT name FROM rooms WHERE name LIKE 'private-%' OR name LIKE 'direct-%'")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let room = RoomName::received(stored::text(row, 0)?);
        if visibility_of_name(&room).is_some() && access.room(&room).is_none() {
            access.hide(&room);
            tracing::error!(
                %room,
                "the rules of a room that was not public are not there; it is hidden until they are set: \
                 holdline admin rooms rules {room}"
            );
        }
    }
    Ok(())
}

/// Reads some of them before `before`, the newest first; damaged ones are left out.
pub(in crate::log) fn some_access_entries(
    db: &Connection,
    before: Seq,
    limit: usize,
) -> rusqlite::Result<Vec<Entry>> {
    let sql = "SELECT seq, json FROM access_entries JOIN entries USING (seq)
               WHERE access_entries.seq < ? ORDER BY access_entries.seq DESC";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([stored::sql_seq(before)])?;
    let mut entries = Vec::new();
    while entries.len() < limit
        && let Some(row) = rows.next()?
    {
        entries.extend(stored::entry(stored::seq(row.get(0)?), stored::bytes(row, 1)?));
    }
    Ok(entries)
}

/// The changes to other rows that a change of access demanded.
pub(super) enum CarriedOut {
    Nothing,
    NameForgotten,
    RoomDeleted(RoomName),
}

/// Makes the changes to other rows that a change of access demands.
pub(super) fn carry_out(db: &Connection, rooms: &RoomDeltas, change: &str) -> rusqlite::Result<CarriedOut> {
    match serde_json::from_str(change) {
        Ok(AccessChange::RoomDeleted { room, was_hidden }) => {
            let sql = "SELECT id, head FROM rooms WHERE name = ?";
            let found = db
                .prepare_cached(sql)?
                .query_row([room.as_str()], |row| Ok((row.get::<_, i64>(0)?, stored::seq(row.get(1)?))));
            let Some((id, head)) = found.optional()? else { return Ok(CarriedOut::Nothing) };
            let head = rooms.head(&room).unwrap_or(head).max(head);
            remove_room(db, id)?;
            rooms.remove(&room);
            // Nobody may read a room that was hidden, so nobody misses its entries.
            if !was_hidden {
                let forgotten: Seq = expiry::newest_expired(db)?.max(head);
                write_meta(db, &[("expired", &forgotten.0.to_le_bytes())])?;
            }
            Ok(CarriedOut::RoomDeleted(room))
        }
        Ok(AccessChange::Erased { person, .. }) => {
            forget_name(db, &person)?;
            Ok(CarriedOut::NameForgotten)
        }
        _ => Ok(CarriedOut::Nothing),
    }
}

/// Takes a person's name out of every entry. Without an index of authors, which would cost more (PERFORMANCE.md, "Growth").
fn forget_name(db: &Connection, person: &PersonId) -> rusqlite::Result<()> {
    let mut statement = db.prepare("SELECT seq, json FROM entries WHERE instr(json, ?)")?;
    let mut rows = statement.query([person.as_str()])?;
    let mut renamed = Vec::new();
    while let Some(row) = rows.next()? {
        let Ok(mut entry) = serde_json::from_slice::<Value>(stored::bytes(row, 1)?) else { continue };
        if anonymise(&mut entry, person.as_str()) {
            renamed.push((row.get::<_, i64>(0)?, entry.to_string()));
        }
    }
    for (seq, json) in renamed {
        let sql = "UPDATE access_entries SET digest = ? WHERE seq = ?";
        db.prepare_cached(sql)?.execute((digest(json.as_bytes()), seq))?;
        db.prepare_cached("UPDATE entries SET json = ? WHERE seq = ?")?.execute((json, seq))?;
    }
    reactions::rename(db, person, NOBODY)
}

/// Replaces the person's name wherever the value has it, also in changes of access, which are text in the text.
fn anonymise(value: &mut Value, person: &str) -> bool {
    match value {
        Value::Object(fields) => {
            let is_person = fields.get("id").and_then(Value::as_str) == Some(person);
            let of_person = fields
                .get("person")
                .is_some_and(|of| of == person || of.get("id").is_some_and(|id| id == person));
            let mut changed = false;
            for (name, field) in fields.iter_mut() {
                if of_person && PERSONAL.contains(&name.as_str()) {
                    changed |= field != "";
                    *field = "".into();
                } else if is_person && name == "name" {
                    changed |= field.as_str() != Some(NOBODY);
                    *field = NOBODY.into();
                } else if name == "change"
                    && let Some(mut inner) = field.as_str().and_then(|text| serde_json::from_str(text).ok())
                {
                    if anonymise(&mut inner, person) {
                        changed = true;
                        *field = inner.to_string().into();
                    }
                } else {
                    changed |= anonymise(field, person);
                }
            }
            changed
        }
        Value::Array(items) => {
            let mut changed = false;
            for item in items {
                changed |= anonymise(item, person);
            }
            changed
        }
        _ => false,
    }
}
