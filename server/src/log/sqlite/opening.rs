//! Opens a log's database. Changes nothing before it is certain that the file is a log, is not in use
//! elsewhere, and belongs to the files beside it.

use std::path::Path;

use rusqlite::Connection;

use super::inspect::{self, Found};
use super::location::{self, beside};
use super::lock::{LogLock, Mark};
use super::upkeep::Upkeep;
use super::{database, lineage};
use crate::log::error::LogError;
use crate::log::projection::{head, identity, log_error, renew_epoch, was_open};

/// A log's database, open for writing. Fields are dropped in this order, the lock last.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) upkeep: Upkeep,
    pub(super) lock: LogLock,
}

/// Opens or creates the database at `path`, which must be [resolved](location::resolve). A log that was
/// replaced by an older copy gets a new epoch.
pub(super) fn open(path: &Path) -> Result<Opened, LogError> {
    let (has_mark_file, has_wal) = (beside(path, "-lock").exists(), inspect::has_wal(path));
    let has_empty_wal = !has_wal && beside(path, "-wal").exists();
    let (lock, found) = LogLock::take(path)?;
    lineage::check(path)?;
    location::make_private(path);
    let mark = lock.mark();
    let mut connection = database::open(path, found)?;
    match (found, mark) {
        (Found::Nothing, Some(mark)) if mark.head.0 > 0 => tracing::warn!(
            file = %path.display(),
            had_come_to = mark.head.0,
            "there was a log here, and now there is an empty file or none; a new log is begun"
        ),
        (Found::Nothing, _) => {}
        (Found::Log { .. }, mark) => {
            if let Some(why) = why_a_copy(&connection, mark.as_ref(), has_mark_file, has_wal, has_empty_wal)?
            {
                tracing::warn!(file = %path.display(), "{why}; it gets a new epoch, and clients fetch history anew");
                renew_epoch(&connection)?;
            }
        }
    }
    let upkeep = Upkeep::begin(path, &mut connection, has_wal)?;
    Ok(Opened { connection, upkeep, lock })
}

/// The reason why this log may lack entries that somebody has seen, if any.
fn why_a_copy(
    connection: &Connection,
    mark: Option<&Mark>,
    has_mark_file: bool,
    has_wal: bool,
    has_empty_wal: bool,
) -> Result<Option<&'static str>, LogError> {
    let (epoch, head) = (identity(connection)?.epoch, head(connection).map_err(log_error)?);
    let was_open = was_open(connection)?;
    Ok(match mark {
        Some(mark) if mark.epoch == epoch.to_string() && mark.head > head => {
            Some("this log has come less far than it had, as if it was put back from a copy")
        }
        // The process ended after the write-ahead log was emptied and before the next commit; the mark was
        // written right before.
        Some(mark)
            if has_empty_wal && mark.is_emptying && mark.epoch == epoch.to_string() && mark.head == head =>
        {
            None
        }
        _ if was_open && !has_wal => {
            Some("this log was not closed and its write-ahead log is missing, as in a copy of a running log")
        }
        _ if was_open && !has_mark_file => {
            Some("this log was not closed and its -lock file is missing, as in a copy of a running log")
        }
        _ => None,
    })
}
