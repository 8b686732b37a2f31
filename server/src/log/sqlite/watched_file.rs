//! Notices when the database's file is no longer the one that was opened.
//!
//! A database that was moved away or replaced while it is open goes on to be written, where nobody will find it again:
//! what is acknowledged then is lost at the next start. Only on Unix, where files have an identity.

use std::path::{Path, PathBuf};

use crate::log::LogError;

/// A file and what identified it when it was opened.
pub(super) struct WatchedFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

impl WatchedFile {
    /// The file as it is now.
    pub(super) fn new(path: &Path) -> Result<Self, LogError> {
        let path = std::path::absolute(path).map_err(|e| LogError::Unavailable(e.to_string()))?;
        let identity = identity(&path);
        Ok(Self { path, identity })
    }

    /// Whether it is still there. One look at the file system, about a microsecond.
    pub(super) fn check(&self) -> Result<(), LogError> {
        if identity(&self.path) == self.identity {
            return Ok(());
        }
        let path = self.path.display();
        let why =
            format!("{path} was removed or replaced while in use; put it back, or restart on the new one");
        Err(LogError::Unavailable(why))
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<(u64, u64)> {
    None
}
