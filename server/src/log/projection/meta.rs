//! The table `meta`: a database's identity, and the state that its writer keeps between two starts.

use holdline_shared::{Epoch, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use super::errors::log_error;
use crate::log::clock::{self, wall_clock};
use crate::log::error::LogError;
use crate::log::journal::Identity;
use crate::random;

/// The log's epoch and secret.
pub(in crate::log) fn identity(db: &Connection) -> Result<Identity, LogError> {
    let epoch = Epoch(u64::from_le_bytes(required(db, "epoch")?));
    Ok(Identity { epoch, secret: required(db, "secret")? })
}

/// Makes all earlier cursors invalid.
pub(in crate::log) fn renew_epoch(db: &Connection) -> Result<(), LogError> {
    write_meta(db, &[("epoch", &random::bytes::<8>())]).map_err(log_error)
}

/// Whether the last writer did not close the log: it crashed, still runs, or this is a copy of an open log.
pub(in crate::log) fn was_open(db: &Connection) -> Result<bool, LogError> {
    Ok(find_meta(db, "open")?.is_some_and(|open| open != [0]))
}

/// The last time that retention believed.
pub(in crate::log) fn seen(db: &Connection) -> Result<Option<Timestamp>, LogError> {
    let bytes: Option<[u8; 8]> = find_meta(db, "seen")?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp(u64::from_le_bytes(bytes))))
}

/// The time at which the log was last in use; the present time for a new log.
pub(in crate::log) fn last_heard_of(db: &Connection, is_new: bool) -> Result<Timestamp, LogError> {
    let seen = seen(db)?;
    if is_new && seen.is_none() {
        return Ok(wall_clock());
    }
    if seen.is_some_and(clock::is_plausible) {
        return Ok(clock::known(seen, None));
    }
    let mut statement = db.prepare("SELECT at FROM entries ORDER BY seq DESC").map_err(log_error)?;
    let mut dates = statement.query_map([], |row| row.get(0)).map_err(log_error)?;
    let plausible = dates.find_map(|date| {
        let date = Timestamp(date.ok().map(i64::cast_unsigned)?);
        clock::is_plausible(date).then_some(date)
    });
    Ok(clock::known(seen, plausible))
}

/// Reads a value; `None` if the name is not set.
pub(in crate::log) fn find_meta(db: &Connection, name: &str) -> Result<Option<Vec<u8>>, LogError> {
    let found = db
        .prepare_cached("SELECT value FROM meta WHERE name = ?")
        .and_then(|mut statement| statement.query_row([name], |row| row.get(0)).optional());
    found.map_err(log_error)
}

/// Sets values.
pub(in crate::log) fn write_meta(db: &Connection, values: &[(&str, &[u8])]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
    let mut statement = db.prepare_cached(sql)?;
    values.iter().try_for_each(|(name, value)| statement.execute((name, value)).map(drop))
}

fn required<const N: usize>(db: &Connection, name: &str) -> Result<[u8; N], LogError> {
    let value = find_meta(db, name)?.and_then(|bytes| bytes.try_into().ok());
    value.ok_or_else(|| LogError::Unavailable(format!("the database is damaged: no valid {name}")))
}
