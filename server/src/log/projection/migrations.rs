//! Numbered steps that migrate a database of an older version to this one. A released step is never changed;
//! a new version appends a step.
//!
//! `PRAGMA user_version` holds the number of steps that were taken. Whether a database is a log at all is
//! decided by `sqlite/inspect.rs`, before anything is changed.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::errors::log_error;
use super::{access_entries, read_models};
use crate::log::error::LogError;
use crate::random;

/// `PRAGMA application_id` of a log: "HLDL" in ASCII. Version 1 did not set it.
pub(in crate::log) const APPLICATION_ID: i64 = 0x484c_444c;

/// A change of the schema. All changes share one transaction.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// The steps; the first makes version 1 of an empty database, the n-th makes version n of version n - 1.
const STEPS: &[Step] =
    &[make_tables, read_models::split_folded_messages, access_entries::make_table, access_entries::add_gists];

/// The version that this program writes.
#[expect(clippy::cast_possible_wrap, reason = "there are a handful of steps")]
pub(in crate::log) const VERSION: i64 = STEPS.len() as i64;

/// The tables of version 1, by which a database without [`APPLICATION_ID`] is recognised.
pub(in crate::log) const TABLES_OF_VERSION_1: [&str; 5] = ["edits", "entries", "messages", "meta", "rooms"];

/// The number of steps that a database has taken.
pub(in crate::log) fn version(connection: &Connection) -> Result<i64, LogError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(log_error)
}

/// Takes every missing step, all of them or none. `version` is the database's `user_version`.
pub(in crate::log) fn migrate(connection: &mut Connection, version: i64) -> Result<(), LogError> {
    let taken = usize::try_from(version).unwrap_or(0);
    if taken >= STEPS.len() {
        return Ok(());
    }
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
    for step in STEPS.iter().skip(taken) {
        step(&transaction).map_err(log_error)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(log_error)?;
    transaction.pragma_update(None, "user_version", VERSION).map_err(log_error)?;
    transaction.commit().map_err(log_error)
}

/// Version 1. `entries` is the log. `messages` and `rooms` follow from it and are kept in the same transactions, so that
/// history and lists need not fold the log: `messages.folded` is the message's JSON once it differs from its entry. `meta`
/// has the log's identity from the first moment on.
fn make_tables(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "
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
        ",
    )?;
    let identity = [("epoch", random::bytes::<8>().to_vec()), ("secret", random::bytes::<32>().to_vec())];
    for (name, value) in identity {
        transaction.execute("INSERT INTO meta VALUES (?, ?)", (name, value))?;
    }
    Ok(())
}
