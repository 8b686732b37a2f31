//! The writer's housekeeping: checkpoints the write-ahead log into the database, and returns free pages to
//! the file system.
//!
//! SQLite's automatic checkpoint is off, because each complete checkpoint is marked with a stamp (see
//! `lineage.rs`). Deleted texts remain in the write-ahead log until it is emptied, so a deletion requests a
//! checkpoint.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use holdline_shared::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::inspect::schema_changes;
use super::lineage::{Lineage, Stamp};
use super::location::beside;
use crate::log::error::LogError;
use crate::log::projection::{self, log_error};

/// The size in bytes at which the write-ahead log is emptied; the group that triggers the checkpoint pays for
/// some fsyncs. Large enough that frequently rewritten pages, above all those of the index by key, reach the
/// database once; small enough that recovery after a crash is quick.
const FULL_WAL: u64 = 16 << 20;

/// The size in bytes from which the server's log warns that a reader prevents a checkpoint.
const LARGE_WAL: u64 = 64 << 20;

/// The time between two attempts at a checkpoint while a reader prevents it.
const RETRY: Duration = Duration::from_secs(5);

/// The longest time for which deleted texts stay in the write-ahead log of a busy writer.
const REDACTION_TIME: Duration = Duration::from_secs(5);

/// The number of free pages that stay in the file for the next entries: a megabyte.
const SPARE_PAGES: i64 = 256;

/// The number of pages that are returned at a time: some milliseconds.
const PAGES_AT_ONCE: i64 = 1_000;

/// The state of the upkeep.
pub(super) struct Upkeep {
    wal: PathBuf,
    stamp: Stamp,
    /// The stamp of the file that the write-ahead log continues, if the disk was too full to write it.
    /// Nothing may be committed before it is written.
    unmarked: Option<Stamp>,
    /// The time of the first deletion whose text is still in the write-ahead log.
    redact_since: Option<Instant>,
    retry_at: Instant,
    /// The size in bytes beyond which the next warning about the write-ahead log is logged.
    warn_at: u64,
}

/// The server's phase after a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The log stays open; a copy of the file records that it was open.
    Open,
    /// The log is being closed in order.
    Closing,
}

impl Upkeep {
    /// Begins the upkeep of a database that was just opened. `had_wal`: whether a crash had left a
    /// write-ahead log.
    pub(super) fn begin(path: &Path, connection: &mut Connection, had_wal: bool) -> Result<Self, LogError> {
        let lineage = Lineage::read(connection).map_err(log_error)?;
        let (stamp, unmarked) = match lineage.stamp {
            // A checkpoint was interrupted: the next attempt belongs to the same cycle, however much of the
            // first is in the file.
            Some(stamp) if had_wal && lineage.base != Some(stamp) => (stamp, None),
            // A new write-ahead log begins, which continues this file.
            Some(stamp) if !had_wal => (Stamp::random(), Some(stamp)),
            _ => (Stamp::random(), None),
        };
        let wal = beside(path, "-wal");
        let mut upkeep =
            Self { wal, stamp, unmarked, redact_since: None, retry_at: Instant::now(), warn_at: LARGE_WAL };
        match upkeep.mark(connection) {
            // The log can be read meanwhile; the first commit tries again.
            Err(LogError::Full) => {}
            marked => marked?,
        }
        Ok(upkeep)
    }

    /// Records which file the write-ahead log continues and that the log is open, unless this is recorded
    /// already.
    pub(super) fn mark(&mut self, connection: &mut Connection) -> Result<(), LogError> {
        if let Some(stamp) = self.unmarked {
            write_meta(connection, &[("base", &stamp.to_bytes()), ("open", &[1])])?;
            self.unmarked = None;
        }
        Ok(())
    }

    /// Notes that texts were deleted, so that they leave the write-ahead log soon.
    pub(super) fn redact_soon(&mut self) {
        self.redact_since.get_or_insert_with(Instant::now);
    }

    /// Whether a [`checkpoint`](Upkeep::checkpoint) is due. `is_idle`: no job waits for the writer.
    pub(super) fn is_due(&self, is_idle: bool) -> bool {
        let must_redact = self.redact_since.is_some_and(|since| is_idle || since.elapsed() >= REDACTION_TIME);
        Instant::now() >= self.retry_at && (must_redact || self.wal_size() >= FULL_WAL)
    }

    /// Empties the write-ahead log, and returns whether it is empty now; a reader can prevent that. `seen` is
    /// the time as retention believes it.
    pub(super) fn checkpoint(
        &mut self,
        connection: &mut Connection,
        phase: Phase,
        seen: Timestamp,
    ) -> Result<bool, LogError> {
        self.mark(connection)?;
        let schema = schema_changes(connection).map_err(log_error)?;
        let stamp = self.stamp.next(schema);
        let is_open = u8::from(phase == Phase::Open);
        write_meta(
            connection,
            &[("stamp", &stamp.to_bytes()), ("open", &[is_open]), ("seen", &seen.0.to_le_bytes())],
        )?;
        self.stamp = stamp;
        // The first column says whether a reader or writer prevented the checkpoint.
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let was_prevented: bool = connection.query_row(sql, [], |row| row.get(0)).map_err(log_error)?;
        if was_prevented {
            self.retry_at = Instant::now() + RETRY;
            self.warn_of_size();
            return Ok(false);
        }
        (self.redact_since, self.warn_at) = (None, LARGE_WAL);
        if phase == Phase::Open {
            write_meta(connection, &[("base", &stamp.to_bytes())])?;
            self.stamp = Stamp::random();
        }
        Ok(true)
    }

    /// Copies the write-ahead log into the database, so that the next transaction overwrites it from its
    /// beginning and needs no additional space: for a disk so full that not even a stamp can be written. A
    /// [`checkpoint`](Self::checkpoint) must follow as soon as there is space: until then, an older copy of
    /// the database cannot be told from this one for certain.
    pub(super) fn rewind(connection: &Connection) -> Result<(), LogError> {
        connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).map_err(log_error)
    }

    /// Returns some free pages to the file system.
    pub(super) fn give_back(connection: &Connection) -> Result<(), LogError> {
        let free: i64 =
            connection.pragma_query_value(None, "freelist_count", |row| row.get(0)).map_err(log_error)?;
        let surplus = (free - SPARE_PAGES).min(PAGES_AT_ONCE);
        if surplus > 0 {
            // The pragma returns a row for each page.
            let mut statement =
                connection.prepare(&format!("PRAGMA incremental_vacuum({surplus})")).map_err(log_error)?;
            let mut rows = statement.query([]).map_err(log_error)?;
            while rows.next().map_err(log_error)?.is_some() {}
        }
        Ok(())
    }

    fn wal_size(&self) -> u64 {
        std::fs::metadata(&self.wal).map_or(0, |wal| wal.len())
    }

    fn warn_of_size(&mut self) {
        let size = self.wal_size();
        if size >= self.warn_at {
            self.warn_at = size.saturating_mul(2);
            tracing::warn!(
                file = %self.wal.display(),
                mebibytes = size >> 20,
                "the write-ahead log grows, because a program reads the database and does not finish; `fuser` names it"
            );
        }
    }
}

/// Sets rows of `meta` in one transaction.
fn write_meta(connection: &mut Connection, rows: &[(&str, &[u8])]) -> Result<(), LogError> {
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(log_error)?;
    projection::write_meta(&transaction, rows).map_err(log_error)?;
    transaction.commit().map_err(log_error)
}
