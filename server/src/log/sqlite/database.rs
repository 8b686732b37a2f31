//! Opens the database's file, for writing and for reading. Whether the file may be opened is for others to say.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::inspect::Found;
use crate::log::error::LogError;
use crate::log::projection::{log_error, migrate, version};

/// The time for which opening waits for a program that has the database locked.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);

/// The writer's cache, in KiB: enough for the index by key, which is written all over.
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
    migrate(&mut connection, version)?;
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
