//! The log's database file as an operator sees it, without a server: copied, restored, inspected. Only this module
//! knows that it is SQLite.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use holdline_shared::{Entry, Epoch};
use rusqlite::{Connection, OpenFlags};

/// The content of a log's database.
pub(crate) struct Content {
    pub(crate) epoch: Epoch,
    /// The entries that people read.
    pub(crate) entries: Vec<Entry>,
    /// The damage that SQLite finds in the file; `ok` if there is none.
    pub(crate) integrity: String,
}

/// The path of the database with `ending` added to its name.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Copies the database while a server may be writing it, as an operator without `holdline log` would do.
pub(crate) fn vacuum_into(database: &Path, copy: &Path) -> Result<()> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let copy = copy.to_str().context("the path is no text")?;
    connection.execute("VACUUM INTO ?", [copy]).context("the log cannot be copied")?;
    Ok(())
}

/// Reads a database that no server has open, from a copy: reading applies the write-ahead log that a crash left, and
/// the original must stay unchanged.
pub(crate) fn read(database: &Path, scratch: &Path) -> Result<Content> {
    let copy = scratch.join("looked-into.db");
    for ending in ["", "-wal"] {
        let (from, to) = (beside(database, ending), beside(&copy, ending));
        remove(&to)?;
        if from.exists() {
            fs::copy(from, to)?;
        }
    }
    remove(&beside(&copy, "-shm"))?;
    let connection = Connection::open(&copy)?;
    let integrity = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let epoch = connection.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| row.get(0))?;
    let mut statement = connection.prepare("SELECT json FROM entries ORDER BY seq")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut entries = rows.map(|json| Ok(serde_json::from_str(&json?)?)).collect::<Result<Vec<Entry>>>()?;
    entries.retain(|entry| !entry.room.is_reserved());
    Ok(Content { epoch: Epoch(u64::from_le_bytes(epoch)), entries, integrity })
}

/// Removes files beside the database, by the endings of their names.
pub(crate) fn remove_beside(database: &Path, endings: &[&str]) -> Result<()> {
    endings.iter().try_for_each(|ending| remove(&beside(database, ending)))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
