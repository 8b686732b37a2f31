//! The database: how it is opened, what is in it, and who it is.

use std::path::Path;

use holdline_shared::{Epoch, Seq};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::log_error;
use crate::log::LogError;
use crate::random;

/// Version of the schema, in `PRAGMA user_version`.
const VERSION: i64 = 1;

/// Pages in the write-ahead log before they go into the database, which costs the group that does it two more fsyncs.
/// So many (16 MiB) that pages which are written again and again, those of the index by key above all, go there once;
/// so few that a start after a crash reads them in a moment.
const CHECKPOINT_PAGES: i64 = 4096;

/// The writer's cache, in KiB: that index again, which is written all over.
const CACHE_KIB: i64 = 16 * 1024;

/// `entries` is the log. `messages` and `rooms` follow from it and are kept in the same transactions, so that history
/// and lists need not fold the log: `messages.folded` is the message's JSON once it differs from its entry.
const SCHEMA: &str = "
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        topic TEXT NOT NULL,
        head INTEGER NOT NULL,
        at INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        forgotten INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX rooms_by_forgotten ON rooms (forgotten);
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY,
        room INTEGER NOT NULL REFERENCES rooms (id),
        at INTEGER NOT NULL,
        json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_by_room ON entries (room, seq);
    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY REFERENCES entries (seq),
        room INTEGER NOT NULL REFERENCES rooms (id),
        author TEXT NOT NULL,
        key BLOB NOT NULL,
        folded TEXT
    ) STRICT;
    CREATE INDEX messages_by_room ON messages (room, seq);
    CREATE UNIQUE INDEX messages_by_key ON messages (author, key);
    CREATE TABLE edits (
        seq INTEGER PRIMARY KEY REFERENCES entries (seq),
        target INTEGER NOT NULL REFERENCES messages (seq)
    ) STRICT;
    CREATE INDEX edits_by_target ON edits (target);
";

/// Opens the database for writing; makes it when there is none.
pub(super) fn open(path: &Path) -> Result<Connection, LogError> {
    let mut connection = Connection::open(path).map_err(log_error)?;
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(log_error)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(log_error)?;
    match version {
        0 if tables == 0 => {}
        0 => return Err(LogError::Unavailable("this database belongs to another program".to_owned())),
        VERSION => {}
        _ => {
            let why = format!(
                "this database was made by a newer Holdline (schema {version}, this one knows {VERSION})"
            );
            return Err(LogError::Unavailable(why));
        }
    }
    // WAL: readers never wait for the writer. FULL: a commit returns only after its fsync, so it survives power loss.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(log_error)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(log_error)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(log_error)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB).map_err(log_error)?;
    connection.set_prepared_statement_cache_capacity(64);
    if version == 0 {
        let create = connection.transaction().map_err(log_error)?;
        create.execute_batch(SCHEMA).map_err(log_error)?;
        for (name, value) in
            [("epoch", random::bytes::<8>().to_vec()), ("secret", random::bytes::<32>().to_vec())]
        {
            create.execute("INSERT INTO meta VALUES (?, ?)", (name, value)).map_err(log_error)?;
        }
        create.pragma_update(None, "user_version", VERSION).map_err(log_error)?;
        create.commit().map_err(log_error)?;
    }
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
