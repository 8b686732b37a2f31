//! The entries that say who may do what: which they are, how they are read at the start, and what some of them change
//! besides. Retention keeps them, because the rules of today follow from all of them.

use std::sync::Arc;

use holdline_shared::{Entry, EntryKind, PersonId, RoomName, Seq};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde_json::Value;

use super::meta::write_meta;
use super::prune::remove_room;
use super::room_deltas::RoomDeltas;
use super::{expiry, reactions, stored};
use crate::access::{Access, AccessChange, NOBODY};

/// What a change of access says of its person besides the name.
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

/// Whether an entry of this kind says who may do what.
pub(super) fn is_kept(kind: &EntryKind) -> bool {
    matches!(kind, EntryKind::Room { policy: Some(_), .. } | EntryKind::Member(_) | EntryKind::Access { .. })
}

/// Notes that an entry of a room is one of them.
pub(super) fn note(db: &Connection, seq: i64, room: i64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO access_entries VALUES (?, ?)")?.execute((seq, room))?;
    Ok(())
}

/// Folds all of them.
pub(in crate::log) fn read_access(db: &Connection) -> rusqlite::Result<Arc<Access>> {
    let sql = "SELECT seq, json FROM access_entries JOIN entries USING (seq) ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut access = Access::default();
    while let Some(row) = rows.next()? {
        let seq = stored::seq(row.get(0)?);
        match stored::entry(seq, stored::bytes(row, 1)?) {
            Some(entry) => drop(access.apply(&entry)),
            None => stored::report_damage(seq),
        }
    }
    Ok(Arc::new(access))
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
        Ok(AccessChange::RoomDeleted { room, .. }) => {
            let sql = "SELECT id, head FROM rooms WHERE name = ?";
            let found = db
                .prepare_cached(sql)?
                .query_row([room.as_str()], |row| Ok((row.get::<_, i64>(0)?, stored::seq(row.get(1)?))));
            let Some((id, head)) = found.optional()? else { return Ok(CarriedOut::Nothing) };
            let head = rooms.head(&room).unwrap_or(head).max(head);
            remove_room(db, id)?;
            rooms.remove(&room);
            let forgotten: Seq = expiry::newest_expired(db)?.max(head);
            write_meta(db, &[("expired", &forgotten.0.to_le_bytes())])?;
            Ok(CarriedOut::RoomDeleted(room))
        }
        Ok(AccessChange::Erased { person, .. }) => {
            forget_name(db, &person)?;
            Ok(CarriedOut::NameForgotten)
        }
        _ => Ok(CarriedOut::Nothing),
    }
}

/// Takes a person's name out of every entry.
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
