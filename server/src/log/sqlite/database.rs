//! Opens the database's file for writing or reading. The caller has to know that the file may be opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::inspect::Found;
use crate::log::error::LogError;
use crate::log::projection::{keep_statements, log_error, migrate, version};

/// The time for which opening waits for a program that has the database locked.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);

/// The writer's cache, in KiB: enough for the index by key, in which writes are scattered.
const CACHE_KIB: i64 = 16 * 1024;

/// Opens the database for writing and migrates it to this version; creates it when none exists. Only for a
/// file that [`inspect`](super::inspect) has found to be a log or unused.
pub(super) fn open(path: &Path, found: Found) -> Result<Connection, LogError> {
    let mut connection = Connection::open(path).map_err(log_error)?;
    connection.busy_timeout(PATIENCE_AT_START).map_err(log_error)?;
    let version = match found {
        Found::Nothing => 0,
        // The version with the write-ahead log applied: the file alone may still be older.
        Found::Log { .. } => version(&connection)?,
    };
    if version == 0 {
        // Only works on a database without tables; later a VACUUM would be needed.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(log_error)?;
    }
    // WAL: readers never wait for the writer. FULL: a commit returns only after its fsync, so it survives power loss.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(log_error)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(log_error)?;
    // `upkeep` decides on checkpoints.
    connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(log_error)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(log_error)?;
    // Deleted content is overwritten.
    connection.pragma_update(None, "secure_delete", "ON").map_err(log_error)?;
    keep_statements(&connection)?;
    if version > 0 {
        rewrite_once(path, &connection)?;
    }
    migrate(&mut connection, version)?;
    Ok(connection)
}

/// Rewrites a database of version 1, which never returned free pages and left deleted texts in them. Needs as
/// much additional disk space as the database takes; if there is too little, the next start tries again.
fn rewrite_once(path: &Path, connection: &Connection) -> Result<(), LogError> {
    /// The value of `PRAGMA auto_vacuum` for a database that returns free pages on demand.
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
    keep_statements(&connection)?;
    Ok(connection)
}
