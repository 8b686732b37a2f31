//! A small file beside the database, `NAME-lock`: it keeps a second server off the same log, and remembers how far the
//! log had come, so that a log that was put back from a copy is recognised.
//!
//! A copy lacks its end. If it went on under the old epoch, it would give old numbers to new entries, and readers whose
//! cursors lie beyond the copy's end would miss those without a word. So a log that has come less far than the file
//! beside it says gets a new epoch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use holdline_shared::{Epoch, Seq};

use super::beside;
use crate::log::LogError;

/// The lock, held for as long as this lives.
pub(super) struct Guard {
    file: File,
    noted: Seq,
}

impl Guard {
    /// Locks the log at `path`; an error says that somebody else has it.
    pub(super) fn lock(path: &Path) -> Result<Self, LogError> {
        let beside = beside(path, "-lock");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&beside);
        let file =
            file.map_err(|e| LogError::Unavailable(format!("cannot open {}: {e}", beside.display())))?;
        match file.try_lock() {
            // A file system without locks: better without a guard than not at all.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { file, noted: Seq::START }),
            Err(TryLockError::WouldBlock) => {
                let why = "this log is in use by another holdline; one server writes a log";
                Err(LogError::Unavailable(why.to_owned()))
            }
        }
    }

    /// Whether the log `epoch`, which ends at `head`, had come further when somebody last looked.
    pub(super) fn has_lost_entries(&mut self, epoch: Epoch, head: Seq) -> bool {
        let mut text = String::new();
        // What cannot be read says nothing.
        if self.file.seek(SeekFrom::Start(0)).is_err() || self.file.read_to_string(&mut text).is_err() {
            return false;
        }
        let mut words = text.split_whitespace();
        words.next() == Some(&epoch.to_string())
            && words.next().and_then(|seq| seq.parse().ok()).is_some_and(|seq: u64| seq > head.0)
    }

    /// Notes how far the log has come. Not synced: what is noted may lag behind the log, but is never ahead of it.
    pub(super) fn note(&mut self, epoch: Epoch, head: Seq) {
        if head == self.noted {
            return;
        }
        self.noted = head;
        let text = format!("{epoch} {head:>20}\n");
        let written = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "how far the log has come could not be noted");
        }
    }
}
