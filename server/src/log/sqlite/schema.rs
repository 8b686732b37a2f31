//! The database: how it is opened, what is in it, and who it is.

use std::path::Path;
use std::time::Duration;

use holdline_shared::{Epoch, Seq, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::inspect::Found;
use super::{log_error, migrations};
use crate::log::LogError;
use crate::random;

/// How long opening waits for a program that has the database locked.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);

/// The writer's cache, in KiB: that index again, which is written all over.
const CACHE_KIB: i64 = 16 * 1024;

/// Opens the database for writing and brings it to this version; makes it when there is none. Only for a file that
/// [`inspect`](super::inspect) has found to be ours or nobody's.
pub(super) fn open(path: &Path, found: Found) -> Result<Connection, LogError> {
    let mut connection = Connection::open(path).map_err(log_error)?;
    connection.busy_timeout(PATIENCE_AT_START).map_err(log_error)?;
    let version = match found {
        Found::Nothing => 0,
        // As the write-ahead log has it: the file alone may be of before the steps were taken.
        Found::Log { .. } => version(&connection)?,
    };
    if version == 0 {
        // For a database without tables only; later it takes a VACUUM.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(log_error)?;
    }
    // WAL: readers never wait for the writer. FULL: a commit returns only after its fsync, so it survives power loss.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(log_error)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(log_error)?;
    // `upkeep` decides on checkpoints.
    connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(log_error)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(log_error)?;
    // What is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", "ON").map_err(log_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    if version > 0 {
        rewrite_once(path, &connection)?;
    }
    migrations::migrate(&mut connection, version)?;
    Ok(connection)
}

/// Rewrites a database of version 1, which never gave pages back and left deleted texts in free ones. Needs as much room
/// again as the database takes; without it, the next start tries again.
fn rewrite_once(path: &Path, connection: &Connection) -> Result<(), LogError> {
    /// `PRAGMA auto_vacuum` of a database that gives pages back when asked.
    const INCREMENTAL: i64 = 2;
    let now: i64 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0)).map_err(log_error)?;
    if now == INCREMENTAL {
        return Ok(());
    }
    tracing::info!(file = %path.display(), "rewriting the database once, so that it can shrink and keeps nothing deleted");
    let rewritten = connection
        .pragma_update(None, "auto_vacuum", "INCREMENTAL")
        .and_then(|()| connection.execute_batch("VACUUM"));
    match rewritten.map_err(log_error) {
        Ok(()) => Ok(()),
        Err(error) => {
            tracing::warn!(%error, "the database was not rewritten; it takes as much free room as it is large");
            Ok(())
        }
    }
}

/// Opens the database for reading.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, LogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(log_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// How many steps of [`migrations`] were taken.
pub(super) fn version(connection: &Connection) -> Result<i64, LogError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(log_error)
}

/// The log's epoch and secret.
pub(super) fn identity(connection: &Connection) -> Result<(Epoch, [u8; 32]), LogError> {
    Ok((Epoch(u64::from_le_bytes(meta(connection, "epoch")?)), meta(connection, "secret")?))
}

/// Where the log ends.
pub(super) fn head(connection: &Connection) -> Result<Seq, LogError> {
    super::reader::head(connection).map_err(log_error)
}

/// Makes cursors of before mean nothing here.
pub(super) fn renew_epoch(connection: &Connection) -> Result<(), LogError> {
    let sql = "UPDATE meta SET value = ? WHERE name = 'epoch'";
    connection.execute(sql, [random::bytes::<8>().to_vec()]).map_err(log_error)?;
    Ok(())
}

/// Whether whoever wrote last did not close the log: it crashed, runs still, or this is a copy of a log that was open.
pub(super) fn was_open(connection: &Connection) -> Result<bool, LogError> {
    Ok(find_meta(connection, "open")?.is_some_and(|open| open != [0]))
}

/// The time that retention last believed in.
pub(super) fn seen(connection: &Connection) -> Result<Option<Timestamp>, LogError> {
    let bytes: Option<[u8; 8]> = find_meta(connection, "seen")?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp(u64::from_le_bytes(bytes))))
}

fn find_meta(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, LogError> {
    let sql = "SELECT value FROM meta WHERE name = ?";
    connection.query_row(sql, [name], |row| row.get(0)).optional().map_err(log_error)
}

fn meta<const N: usize>(connection: &Connection, name: &str) -> Result<[u8; N], LogError> {
    let value = find_meta(connection, name)?;
    value
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| LogError::Unavailable(format!("the database is damaged: no valid {name}")))
}
