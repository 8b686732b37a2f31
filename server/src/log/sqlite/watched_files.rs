//! Detects that the log's files are no longer those that were opened.
//!
//! If the database is moved away or replaced while it is open, SQLite keeps writing to a file that the next
//! start will not find; the same holds for a removed write-ahead log. Everything acknowledged from then on
//! would be lost at the next start. A write-ahead log that was truncated or overwritten has already lost
//! acknowledged entries, and SQLite, which does not notice, would damage the database with its content. Only
//! on Unix, where files have an identity.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::location::beside;
use super::lock::LogLock;
use super::wal;
use crate::log::error::LogError;

/// The identities of the log's files when they were opened.
pub(super) struct WatchedFiles {
    path: PathBuf,
    database: Option<Identity>,
    /// The write-ahead log and its index.
    aside: [(PathBuf, Option<Identity>); 2],
    /// The minimum size of the database, in bytes.
    size: u64,
    lock: Arc<LogLock>,
}

/// Device and inode.
type Identity = (u64, u64);

/// The kinds of loss among the log's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// The database is gone, replaced or truncated. It may be put back.
    Database(LogError),
    /// A file beside the database is gone. Its content can be saved, but the log cannot continue with it.
    Aside(LogError),
    /// The write-ahead log has lost its content, and must not be copied into the database.
    Wal(LogError),
}

impl Lost {
    /// The error that every further request to the log gets.
    pub(super) fn error(&self) -> &LogError {
        match self {
            Self::Database(error) | Self::Aside(error) | Self::Wal(error) => error,
        }
    }
}

impl WatchedFiles {
    /// Records the files as they are now; must be called after the first commit, when all of them exist.
    pub(super) fn new(path: &Path, lock: Arc<LogLock>) -> Self {
        let aside = ["-wal", "-shm"].map(|end| {
            let name = beside(path, end);
            let identity = state_of(&name).map(|found| found.0);
            (name, identity)
        });
        let found = state_of(path);
        let (database, size) = (found.map(|f| f.0), found.map_or(0, |f| f.1));
        Self { path: path.to_owned(), database, aside, size, lock }
    }

    /// Notes that a checkpoint has just written the database.
    pub(super) fn was_checkpointed(&mut self) {
        if let Some((identity, size)) = state_of(&self.path)
            && Some(identity) == self.database
        {
            self.size = size;
        }
    }

    /// Checks that the files are still the same, and complete as far as their sizes tell. Takes a few system
    /// calls, a microsecond each.
    pub(super) fn check(&self) -> Result<(), Lost> {
        let found = state_of(&self.path);
        let path = self.path.display();
        if found.map(|found| found.0) != self.database {
            return Err(Lost::Database(LogError::Unavailable(format!(
                "{path} was removed or replaced while in use; put it back, or restart on the new one"
            ))));
        }
        if found.is_some_and(|(_, size)| size < self.size) {
            return Err(Lost::Database(LogError::Unavailable(format!(
                "{path} was emptied or cut short while in use; stop the server and restore a copy (holdline log restore)"
            ))));
        }
        for (name, identity) in &self.aside {
            if identity.is_some() && state_of(name).map(|found| found.0) != *identity {
                return Err(Lost::Aside(LogError::Unavailable(format!(
                    "{} was removed or replaced while in use; restart the server",
                    name.display()
                ))));
            }
        }
        self.check_wal()
    }

    /// Checks the write-ahead log's size and salts against its index.
    fn check_wal(&self) -> Result<(), Lost> {
        let [(wal, _), (index_file, identity)] = &self.aside;
        let Some(index) = identity.and_then(|_| self.lock.index(index_file)) else { return Ok(()) };
        if index.was_cut_short() {
            return Err(Lost::Aside(LogError::Unavailable(format!(
                "{} was emptied or cut short while in use; restart the server",
                index_file.display()
            ))));
        }
        let Some(expected) = index.expected() else { return Ok(()) };
        match wal::size_and_salts(wal) {
            Ok((size, salts)) if size >= expected.size && salts == expected.salts => Ok(()),
            // A process that has changed the index since had changed the file before.
            _ if index.expected() != Some(expected) => Ok(()),
            _ => Err(Lost::Wal(LogError::Unavailable(format!(
                "{} was emptied, cut short or overwritten while in use; what it had is lost, unless a copy of it exists",
                wal.display()
            )))),
        }
    }
}

/// Reads identity and size.
#[cfg(unix)]
fn state_of(path: &Path) -> Option<(Identity, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| ((file.dev(), file.ino()), file.len()))
}

#[cfg(not(unix))]
fn state_of(_: &Path) -> Option<(Identity, u64)> {
    None
}
