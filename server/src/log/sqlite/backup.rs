//! Backs up a log, also while a server has it open, and restores a log from a backup.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use holdline_shared::{Epoch, Seq};
use rusqlite::Connection;

use super::file_error::{at_file, no_log, unwritable};
use super::inspect::{self, Found, Leaves, inspect};
use super::lineage;
use super::location::{self, beside};
use super::lock::LogLock;
use crate::log::error::LogError;
use crate::log::projection::{head, identity, log_error, renew_epoch};
use crate::random;

/// The result of [`restore`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The last entry of the restored log.
    pub head: Seq,
    /// The new epoch of the restored log.
    pub epoch: Epoch,
    /// Files of the old database that were removed.
    pub removed: Vec<PathBuf>,
}

/// Copies the log at `path` into the new file `to`, whether or not a server has it open, and checks the copy.
/// Returns the copy's last entry. The copy contains the log's secret, so only its owner can read it.
pub fn back_up(path: &Path, to: &Path) -> Result<Seq, LogError> {
    let path = location::resolve(path)?;
    let _leaves = Leaves::of(&path);
    must_be_a_log(&path)?;
    if to.symlink_metadata().is_ok() {
        return Err(unwritable(to, &io::ErrorKind::AlreadyExists.into()));
    }
    // The temporary name is random, so an interrupted copy blocks nobody and nothing is overwritten.
    let part = beside(to, &format!(".{:016x}.part", random::word()));
    let copied = copy(&path, &part, to).and_then(|head| {
        // A hard link, because a rename would replace a file that appeared meanwhile.
        std::fs::hard_link(&part, to)
            .and_then(|()| sync_folder(to))
            .map_err(|error| unwritable(to, &error))?;
        Ok(head)
    });
    // The file does not exist if the copy was refused.
    let _ = std::fs::remove_file(&part);
    copied
}

/// Replaces the log at `path`, which no server may have open, by the backup `from`. The log gets a new epoch,
/// and files that a crash left beside it are removed.
pub fn restore(from: &Path, path: &Path) -> Result<Restored, LogError> {
    let (from, path) = (location::resolve(from)?, location::resolve(path)?);
    if from == path {
        return Err(LogError::Unavailable(format!(
            "{} is the log itself, no backup; give the file of a backup",
            from.display()
        )));
    }
    let _leaves = Leaves::of(&from);
    must_be_a_log(&from)?;
    let lock = LogLock::take_for_restore(&path)?;
    let unwritable = |error: io::Error| unwritable(&path, &error);
    let part = beside(&path, ".restoring");
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(error)),
        _ => {}
    }
    let restored = copy(&from, &part, &path).and_then(|head| Ok((head, begin_new_epoch(&part)?)));
    let (head, epoch) = restored.inspect_err(|_| drop(std::fs::remove_file(&part)))?;
    location::give_to_owner_of(&path, &File::open(&part).map_err(unwritable)?);
    std::fs::rename(&part, &path).and_then(|()| sync_folder(&path)).map_err(unwritable)?;
    // Removed last: if the restore is interrupted before this, lineage refuses the leftover files instead of
    // mixing them.
    let mut removed = Vec::new();
    for file in ["-wal", "-shm", "-journal"].map(|end| beside(&path, end)) {
        match std::fs::remove_file(&file) {
            Ok(()) => removed.push(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unwritable(error)),
        }
    }
    lock.note(epoch, head);
    Ok(Restored { head, epoch, removed })
}

fn must_be_a_log(path: &Path) -> Result<(), LogError> {
    match inspect(path)? {
        // A mixture of two states is never copied.
        Found::Log { .. } => lineage::check(path),
        Found::Nothing => Err(no_log(path)),
    }
}

/// Copies the database with its write-ahead log into a new, self-contained file, then checks and syncs it. Errors name the file
/// that the copy becomes.
fn copy(path: &Path, to: &Path, named: &Path) -> Result<Seq, LogError> {
    let unwritable = |error: io::Error| unwritable(named, &error);
    let file = location::private().write(true).create_new(true).open(to).map_err(unwritable)?;
    let source = inspect::open(path, true).map_err(at_file(path))?;
    // SQLite copies in one read transaction, so the copy is one state of the log even while a server writes.
    let to = std::path::absolute(to).map_err(unwritable)?;
    source.execute("VACUUM INTO ?", [inspect::address_with(&to, "mode=rwc")]).map_err(at_file(named))?;
    let copy = Connection::open(&to).map_err(at_file(named))?;
    let said: String =
        copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(at_file(named))?;
    if said != "ok" {
        let from = path.display();
        return Err(LogError::Unavailable(format!(
            "{from} is damaged ({said}); holdline log check says more"
        )));
    }
    let head = head(&copy).map_err(at_file(named))?;
    copy.close().map_err(|(_, error)| at_file(named)(error))?;
    file.sync_all().map_err(unwritable)?;
    Ok(head)
}

/// Turns a copy into a log of its own, marked as closed in order: it gets a new epoch and forgets its
/// lineage.
fn begin_new_epoch(path: &Path) -> Result<Epoch, LogError> {
    let database = Connection::open(path).map_err(log_error)?;
    renew_epoch(&database)?;
    let sql = "DELETE FROM meta WHERE name IN ('stamp', 'base', 'open')";
    database.execute(sql, []).map_err(log_error)?;
    Ok(identity(&database)?.epoch)
}

/// Makes the folder's entry of a new file durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
