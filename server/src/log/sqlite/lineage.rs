//! Detects a database whose write-ahead log belongs to another file, before SQLite mixes the two.
//!
//! A crash leaves a `-wal` file beside the database. If the database is then replaced by a copy, SQLite would
//! apply pages of the newer write-ahead log to the older file. Therefore the database records its lineage:
//! `meta.stamp` is a random stamp, written right before every complete checkpoint, and the first commit to
//! the next write-ahead log writes into `meta.base` the stamp of the file that it continues. Read without its
//! write-ahead log, a database shows the stamp of its file; read with it, the base of the write-ahead log.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension};

use super::inspect::{self, schema_changes};
use super::location::beside;
use super::wal::{self, FirstPage};
use crate::log::error::LogError;
use crate::random;

/// The identity of one state of the database's file. Checkpoint attempts that did not finish belong to the
/// same cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    cycle: u64,
    attempt: u32,
    /// SQLite's count of schema changes, which tells a copy with other pages (`VACUUM INTO`) from the
    /// original.
    schema: u32,
}

impl Stamp {
    /// Makes the first stamp of a new cycle.
    pub(super) fn random() -> Self {
        Self { cycle: random::word(), attempt: 0, schema: 0 }
    }

    /// Makes the next stamp of this cycle. `schema` is the present count of schema changes.
    pub(super) fn next(self, schema: u32) -> Self {
        Self { attempt: self.attempt.saturating_add(1), schema, ..self }
    }

    /// The stamp as `meta` stores it.
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.cycle.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.attempt.to_le_bytes());
        bytes[12..].copy_from_slice(&self.schema.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let cycle = u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?);
        Some(Self { cycle, attempt: number(8)?, schema: number(12)? })
    }
}

/// The lineage that a database records of itself.
#[derive(Debug)]
pub(super) struct Lineage {
    has_tables: bool,
    schema: u32,
    pub(super) stamp: Option<Stamp>,
    pub(super) base: Option<Stamp>,
}

impl Lineage {
    pub(super) fn read(database: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'";
        let has_tables = database.query_row(sql, [], |row| row.get::<_, i64>(0))? == 1;
        let stamp = |name: &str| {
            if !has_tables {
                return Ok(None);
            }
            let sql = "SELECT value FROM meta WHERE name = ?";
            let found: Option<Vec<u8>> = database.query_row(sql, [name], |row| row.get(0)).optional()?;
            Ok::<_, rusqlite::Error>(found.and_then(|bytes| Stamp::from_bytes(&bytes)))
        };
        let (stamp, base) = (stamp("stamp")?, stamp("base")?);
        Ok(Self { has_tables, schema: schema_changes(database)?, stamp, base })
    }
}

/// Whether a database and the write-ahead log beside it belong together.
#[derive(Debug, PartialEq, Eq)]
enum Kinship {
    /// The two belong together.
    Same,
    /// The stamps decide nothing; the pages have to be checked.
    Unknown,
    /// The write-ahead log continues another file.
    Foreign,
}

/// Compares what `file`, the database without its write-ahead log, and `both`, the database with it, record.
fn kinship(file: &Lineage, both: &Lineage) -> Kinship {
    match (file.stamp, both.stamp) {
        // A young log has its first tables in the write-ahead log. A write-ahead log with a base continues
        // another file.
        (None, _) if both.base.is_some() => Kinship::Foreign,
        (None, _) if !file.has_tables => Kinship::Same,
        // Version 1, or an interrupted migration from it.
        (None, _) => Kinship::Unknown,
        (Some(_), None) => Kinship::Foreign,
        (Some(stamp), Some(newest)) => {
            let goes_on = both.base == Some(stamp);
            // Once an attempt has finished, a write-ahead log continues that attempt alone.
            let is_under_way = both.base.is_none_or(|base| base.cycle != newest.cycle);
            let is_half_checkpointed =
                is_under_way && stamp.cycle == newest.cycle && stamp.attempt <= newest.attempt;
            let has_its_pages = file.schema == stamp.schema || file.schema == newest.schema;
            match (goes_on || is_half_checkpointed, has_its_pages) {
                // The write-ahead log changes nothing in this file: it is empty, or its pages belong to
                // another file.
                (true, true) if file.base == both.base && stamp == newest => Kinship::Unknown,
                (true, true) => Kinship::Same,
                _ => Kinship::Foreign,
            }
        }
    }
}

/// Refuses a database that lies beside a write-ahead log of another state. Only reads.
pub(super) fn check(path: &Path) -> Result<(), LogError> {
    let wal_file = beside(path, "-wal");
    if !inspect::has_wal(path) {
        return Ok(());
    }
    let refused = || {
        let (path, wal) = (path.display(), wal_file.display());
        LogError::Unavailable(format!(
            "{wal} was left by a crash and does not belong to {path}, which was replaced since, perhaps by a copy; \
             together they would be damaged. To go on from the copy, remove {wal} (what was said after the copy is lost); to \
             go on from before, put back the {path} that it belongs to. `holdline log restore COPY` restores in one step"
        ))
    };
    // SQLite would delete the write-ahead log of an empty database.
    if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        return Err(refused());
    }
    let unreadable = |error: rusqlite::Error| {
        LogError::Unavailable(format!(
            "{} cannot be read together with {}: {error}",
            path.display(),
            wal_file.display()
        ))
    };
    let file = inspect::open(path, false).and_then(|file| Lineage::read(&file));
    let both = inspect::open(path, true).map_err(unreadable)?;
    let kinship = match (file, Lineage::read(&both)) {
        (Ok(file), Ok(both)) => kinship(&file, &both),
        // The checkpoint had not yet written the pages with the stamps.
        (Err(error), Ok(_)) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            match wal::first_page(path) {
                Ok(FirstPage::Whole) => Kinship::Same,
                Ok(FirstPage::Beginning) => Kinship::Unknown,
                Ok(FirstPage::Other) | Err(_) => Kinship::Foreign,
            }
        }
        (Err(error), Ok(_)) => return Err(unreadable(error)),
        (_, Err(error)) if inspect::needs_a_writable_folder(&error) => {
            return Err(LogError::Unavailable(format!(
                "{} can be read together with {} only where files can be made beside them ({error}); copy both to such a \
                 folder and use them there",
                path.display(),
                wal_file.display()
            )));
        }
        // Pages of two files together cannot be read.
        (_, Err(_)) => Kinship::Foreign,
    };
    match kinship {
        Kinship::Same => Ok(()),
        Kinship::Unknown if is_sound(&both) => Ok(()),
        Kinship::Unknown | Kinship::Foreign => Err(refused()),
    }
}

fn is_sound(database: &Connection) -> bool {
    let said = database.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    said.is_ok_and(|said| said == "ok")
}

#[cfg(test)]
mod tests;
