//! The database: how it is opened, what is in it, and who it is.

use std::path::Path;

use holdline_shared::{Epoch, Seq};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::inspect::Found;
use super::{log_error, migrations};
use crate::log::LogError;
use crate::random;

/// Pages in the write-ahead log before they go into the database, which costs the group that does it two more fsyncs.
/// So many (16 MiB) that pages which are written again and again, those of the index by key above all, go there once;
/// so few that a start after a crash reads them in a moment.
const CHECKPOINT_PAGES: i64 = 4096;

/// The writer's cache, in KiB: that index again, which is written all over.
const CACHE_KIB: i64 = 16 * 1024;

/// Opens the database for writing and brings it to this version; makes it when there is none. Only for a file that
/// [`inspect`](super::inspect) has found to be ours or nobody's.
pub(super) fn open(path: &Path, found: Found) -> Result<Connection, LogError> {
    let mut connection = Connection::open(path).map_err(log_error)?;
    // WAL: readers never wait for the writer. FULL: a commit returns only after its fsync, so it survives power loss.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(log_error)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(log_error)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(log_error)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(log_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    let version = match found {
        Found::Nothing => 0,
        Found::Log { version } => version,
    };
    migrations::migrate(&mut connection, version)?;
    Ok(connection)
}

/// Opens the database for reading.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, LogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(log_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
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

fn meta<const N: usize>(connection: &Connection, name: &str) -> Result<[u8; N], LogError> {
    let value: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = ?", [name], |row| row.get(0))
        .optional()
        .map_err(log_error)?;
    value
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| LogError::Unavailable(format!("the database is damaged: no valid {name}")))
}
