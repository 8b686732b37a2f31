//! Notices when the log's files are no longer those that were opened.
//!
//! A database that was moved away or replaced while it is open goes on to be written where nobody will find it again, and so
//! does a write-ahead log that was removed: what is acknowledged then is lost at the next start. Only on Unix, where files
//! have an identity.

use std::path::{Path, PathBuf};

use super::beside;
use crate::log::LogError;

/// The log's files as they were when they were opened.
pub(super) struct WatchedFiles {
    path: PathBuf,
    database: Option<Identity>,
    /// The write-ahead log and its index.
    aside: [(PathBuf, Option<Identity>); 2],
    /// The least size that the database can have.
    size: u64,
}

/// Device and inode.
type Identity = (u64, u64);

/// What became of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// The database is gone, replaced or cut short. It may be put back.
    Database(LogError),
    /// A file beside it is gone. What it had can be saved, but the log cannot go on with it.
    Aside(LogError),
}

impl WatchedFiles {
    /// The files as they are now: after the first commit, so that all of them are there.
    pub(super) fn new(path: &Path) -> Self {
        let aside = ["-wal", "-shm"].map(|end| {
            let name = beside(path, end);
            let identity = look(&name).map(|found| found.0);
            (name, identity)
        });
        let found = look(path);
        Self { path: path.to_owned(), database: found.map(|f| f.0), aside, size: found.map_or(0, |f| f.1) }
    }

    /// The database has just been written by a checkpoint.
    pub(super) fn was_checkpointed(&mut self) {
        if let Some((identity, size)) = look(&self.path)
            && Some(identity) == self.database
        {
            self.size = size;
        }
    }

    /// Whether they are still there. Three looks at the file system, a microsecond each.
    pub(super) fn check(&self) -> Result<(), Lost> {
        let found = look(&self.path);
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
            if look(name).map(|found| found.0) != *identity {
                return Err(Lost::Aside(LogError::Unavailable(format!(
                    "{} was removed or replaced while in use; restart the server",
                    name.display()
                ))));
            }
        }
        Ok(())
    }
}

/// Identity and size.
#[cfg(unix)]
fn look(path: &Path) -> Option<(Identity, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| ((file.dev(), file.ino()), file.len()))
}

#[cfg(not(unix))]
fn look(_: &Path) -> Option<(Identity, u64)> {
    None
}
