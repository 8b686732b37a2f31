//! The writer's housekeeping: empties the write-ahead log into the database, and gives free pages back to the file system.
//!
//! SQLite's automatic checkpoint is off, because each complete checkpoint is marked with a stamp (see
//! `lineage.rs`). Deleted texts are in the write-ahead log until it is emptied, so a deletion asks for that.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use holdline_shared::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::inspect::schema_changes;
use super::lineage::{Lineage, Stamp};
use super::location::beside;
use crate::log::error::LogError;
use crate::log::projection::{self, log_error};

/// The size of the write-ahead log at which it is emptied, which costs the group that does it some fsyncs. Large enough that
/// pages which are written again and again, those of the index by key above all, go into the database once; small enough
/// that a start after a crash reads it in a moment.
const FULL_WAL: u64 = 16 << 20;

/// The size of the write-ahead log from which on the server's log says that a reader keeps it from being emptied.
const LARGE_WAL: u64 = 64 << 20;

/// The time between two attempts to empty the write-ahead log when a reader prevents it.
const RETRY: Duration = Duration::from_secs(5);

/// The longest time for which deleted texts stay in the write-ahead log of a busy writer.
const REDACTION_TIME: Duration = Duration::from_secs(5);

/// Free pages that stay in the file, for the next entries: a megabyte.
const SPARE_PAGES: i64 = 256;

/// Pages given back in one go: some milliseconds.
const PAGES_AT_ONCE: i64 = 1_000;

/// The state of the upkeep.
pub(super) struct Upkeep {
    wal: PathBuf,
    stamp: Stamp,
    /// The stamp of the file from which the write-ahead log goes on, where that is not written yet: the disk was full.
    /// Nothing may be committed before it.
    unmarked: Option<Stamp>,
    /// When deleted texts came into the write-ahead log.
    redact_since: Option<Instant>,
    retry_at: Instant,
    /// The size beyond which the write-ahead log is spoken of next.
    warn_at: u64,
}

/// Whether the server goes on after a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The log is open; a copy that is made of it now says so.
    Open,
    /// The log is being closed in order.
    Closing,
}

impl Upkeep {
    /// For a database that was just opened. `had_wal`: whether a crash had left it a write-ahead log.
    pub(super) fn begin(path: &Path, connection: &mut Connection, had_wal: bool) -> Result<Self, LogError> {
        let lineage = Lineage::read(connection).map_err(log_error)?;
        let (stamp, unmarked) = match lineage.stamp {
            // A checkpoint did not come to its end: the next attempt belongs to it, whatever part of it is in the file.
            Some(stamp) if had_wal && lineage.base != Some(stamp) => (stamp, None),
            // The write-ahead log that begins now goes on from this file.
            Some(stamp) if !had_wal => (Stamp::random(), Some(stamp)),
            _ => (Stamp::random(), None),
        };
        let wal = beside(path, "-wal");
        let mut upkeep =
            Self { wal, stamp, unmarked, redact_since: None, retry_at: Instant::now(), warn_at: LARGE_WAL };
        match upkeep.mark(connection) {
            // What is there can be read; the first commit tries again.
            Err(LogError::Full) => {}
            marked => marked?,
        }
        Ok(upkeep)
    }

    /// Writes from which file the write-ahead log goes on, and that the log is open, unless that is written.
    pub(super) fn mark(&mut self, connection: &mut Connection) -> Result<(), LogError> {
        if let Some(stamp) = self.unmarked {
            write_meta(connection, &[("base", &stamp.to_bytes()), ("open", &[1])])?;
            self.unmarked = None;
        }
        Ok(())
    }

    /// Notes that texts were deleted, which must leave the write-ahead log soon.
    pub(super) fn redact_soon(&mut self) {
        self.redact_since.get_or_insert_with(Instant::now);
    }

    /// Whether it is time for [`Upkeep::checkpoint`]. `is_idle`: nobody waits for the writer.
    pub(super) fn is_due(&self, is_idle: bool) -> bool {
        let must_redact = self.redact_since.is_some_and(|since| is_idle || since.elapsed() >= REDACTION_TIME);
        Instant::now() >= self.retry_at && (must_redact || self.wal_size() >= FULL_WAL)
    }

    /// Empties the write-ahead log, and answers whether it is empty now; a reader can prevent that. `seen` is the time as
    /// retention believes it.
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
        // Answers whether somebody was in the way.
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

    /// Copies the write-ahead log into the database, so that the next transaction writes over it from its beginning and needs
    /// no room of its own: for a disk so full that not even a stamp can be written. To be followed by a
    /// [`checkpoint`](Self::checkpoint) as soon as there is room: until then a copy of the database from before would not be
    /// told from this one for certain.
    pub(super) fn rewind(connection: &Connection) -> Result<(), LogError> {
        connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).map_err(log_error)
    }

    /// Gives some free pages back to the file system.
    pub(super) fn give_back(connection: &Connection) -> Result<(), LogError> {
        let free: i64 =
            connection.pragma_query_value(None, "freelist_count", |row| row.get(0)).map_err(log_error)?;
        let surplus = (free - SPARE_PAGES).min(PAGES_AT_ONCE);
        if surplus > 0 {
            // A row for each page.
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
