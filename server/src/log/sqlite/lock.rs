//! Locks a log against a second server, whatever path that server uses, and remembers how far the log had
//! grown.
//!
//! The lock is on the database itself (`flock`, which does not conflict with SQLite's own locks), so symbolic
//! links, other mounts and a removed lock file make no difference. The small file beside it, `NAME-lock`, is
//! locked too, for programs of version 1, and holds the mark. The mark detects a log that was replaced by an
//! older copy: under its old epoch, such a log would give numbers that are already in use to new entries, and
//! readers with cursors beyond the copy's end would silently miss those. Therefore a log that ends before its
//! mark gets a new epoch.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use holdline_shared::{Epoch, Seq};
use parking_lot::Mutex;

use super::inspect::{Found, inspect};
use super::location::{self, beside};
use super::locked_here::{Identity, identity, locked_here};
use super::wal_index::WalIndex;
use crate::log::error::LogError;

/// The last word of a mark that was written before the write-ahead log was emptied.
const EMPTYING: &str = "=";

/// A locked log. Must outlive every connection to its database.
pub(super) struct LogLock {
    database: Option<File>,
    identity: Option<Identity>,
    beside: Mutex<Beside>,
    index: OnceLock<WalIndex>,
}

/// The file beside the database.
struct Beside {
    file: File,
    noted: (Seq, bool),
}

/// The end of a log as the lock file remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The log's epoch.
    pub(super) epoch: String,
    /// The log's last entry.
    pub(super) head: Seq,
    /// Whether the write-ahead log was about to be emptied: if so, an empty one means no loss.
    pub(super) is_emptying: bool,
}

impl LogLock {
    /// Locks the log at `path`, which must be [resolved](location::resolve); creates an empty file where none
    /// exists. An error says who holds the lock or why the file is no log; in that case nothing was changed.
    pub(super) fn take(path: &Path) -> Result<(Self, Found), LogError> {
        let mut locked = locked_here();
        if identity(path).is_some_and(|identity| locked.contains(&identity)) {
            return Err(in_use(path));
        }
        let found = inspect(path)?;
        location::has_one_name(path)?;
        Ok((Self::take_found(path, &mut locked)?, found))
    }

    fn take_found(path: &Path, locked: &mut BTreeSet<Identity>) -> Result<Self, LogError> {
        let (is_new, is_marked) = (!path.exists(), beside(path, "-lock").exists());
        let database = location::private().read(true).write(true).create(true).truncate(false).open(path);
        let database = database.map_err(|error| {
            LogError::Unavailable(format!("{} cannot be written by this user: {error}", path.display()))
        })?;
        lock(&database, path)?;
        if is_new && let Some(folder) = path.parent() {
            location::give_to_owner_of(folder, &database);
        }
        let file = beside(path, "-lock");
        let file =
            location::private().read(true).write(true).create(true).truncate(false).open(&file).map_err(
                |error| LogError::Unavailable(format!("{} cannot be written: {error}", file.display())),
            )?;
        lock(&file, path)?;
        if !is_marked {
            location::give_to_owner_of(path, &file);
        }
        let identity = identity(path);
        locked.extend(identity);
        let beside = Mutex::new(Beside { file, noted: (Seq::START, false) });
        Ok(Self { database: Some(database), identity, beside, index: OnceLock::new() })
    }

    /// Locks the log at `path`, even a damaged one, so that a copy can replace it. Refuses another program's
    /// database.
    pub(super) fn take_for_restore(path: &Path) -> Result<Self, LogError> {
        match Self::take(path) {
            Ok((lock, _)) => Ok(lock),
            // The file is damaged beyond recognition, but its mark proves that it is a log. A file that this
            // process has open is never opened here: closing it would drop SQLite's own locks.
            Err(error) if error != in_use(path) && beside(path, "-lock").exists() && !is_database(path) => {
                Self::take_found(path, &mut locked_here()).map_err(|_| error)
            }
            Err(error) => Err(error),
        }
    }

    /// The index of the write-ahead log; opened by the first call that finds the file.
    pub(super) fn index(&self, path: &Path) -> Option<&WalIndex> {
        if self.index.get().is_none() {
            let _ = self.index.set(WalIndex::open(path)?);
        }
        self.index.get()
    }

    /// Reads the mark from the lock file; `None` when it cannot be read.
    pub(super) fn mark(&self) -> Option<Mark> {
        let mut text = String::new();
        let file = &mut self.beside.lock().file;
        file.seek(SeekFrom::Start(0)).ok()?;
        file.read_to_string(&mut text).ok()?;
        let mut words = text.split_whitespace();
        let (epoch, head) = (words.next()?.to_owned(), Seq(words.next()?.parse().ok()?));
        Some(Mark { epoch, head, is_emptying: words.next() == Some(EMPTYING) })
    }

    /// Writes the mark. Not synced: the mark may lag behind the log, but is never ahead of it.
    pub(super) fn note(&self, epoch: Epoch, head: Seq) {
        self.note_all(epoch, head, false);
    }

    /// Writes the mark before the write-ahead log is emptied. The caller calls [`note`](Self::note) once a
    /// new one has begun.
    pub(super) fn note_emptying(&self, epoch: Epoch, head: Seq) {
        self.note_all(epoch, head, true);
    }

    fn note_all(&self, epoch: Epoch, head: Seq, is_emptying: bool) {
        let mut beside = self.beside.lock();
        if beside.noted == (head, is_emptying) {
            return;
        }
        beside.noted = (head, is_emptying);
        let text = format!("{epoch} {head:>20} {:1}\n", if is_emptying { EMPTYING } else { "" });
        let file = &mut beside.file;
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "how far the log has come could not be noted");
        }
    }
}

impl Drop for LogLock {
    fn drop(&mut self) {
        let mut locked = locked_here();
        // The database is closed before another thread of this process may open it.
        self.database = None;
        if let Some(identity) = self.identity {
            locked.remove(&identity);
        }
    }
}

/// Whether the file begins with SQLite's magic bytes.
fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *b"SQLite format 3\0"
}

fn lock(file: &File, path: &Path) -> Result<(), LogError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => in_use(path),
        TryLockError::Error(error) => no_locks(path, &error),
    })
}

fn in_use(path: &Path) -> LogError {
    LogError::Unavailable(format!(
        "{} is in use by another holdline, and one server writes a log; stop that one first",
        path.display()
    ))
}

fn no_locks(path: &Path, error: &std::io::Error) -> LogError {
    LogError::Unavailable(format!(
        "the file system of {} cannot lock files ({error}), so nothing would keep a second server from the log; \
         keep it on a local disk",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path) -> String {
        LogLock::take(path).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_log_in_use_is_refused_under_every_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("x.db");
        let (held, _) = LogLock::take(&path).unwrap();
        assert!(refusal(&path).contains("in use"));
        std::fs::remove_file(beside(&path, "-lock")).unwrap();
        assert!(refusal(&path).contains("in use"), "without the lock file");
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(refusal(&location::resolve(&link).unwrap()).contains("in use"), "through a symbolic link");
        let other = folder.path().join("other.db");
        std::fs::hard_link(&path, &other).unwrap();
        assert!(refusal(&other).contains("in use"), "through a hard link");
        drop(held);
        assert!(refusal(&other).contains("hard links"));
        std::fs::remove_file(&other).unwrap();
        assert!(LogLock::take(&path).is_ok());
    }

    #[test]
    fn file_system_without_locks_is_said() {
        let why = no_locks(Path::new("/mnt/share/x.db"), &std::io::ErrorKind::Unsupported.into()).to_string();
        assert!(why.contains("/mnt/share/x.db cannot lock files") && why.contains("local disk"), "{why}");
    }
}
