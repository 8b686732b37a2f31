//! Copies of a log: a backup while the log is in use, and putting one back.

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
    /// The last entry of the log as it is now.
    pub head: Seq,
    /// Its new epoch.
    pub epoch: Epoch,
    /// Files that were left beside the old database and are gone.
    pub removed: Vec<PathBuf>,
}

/// Copies the log at `path` into the new file `to`, whether a server has it open or not, and checks the copy. Answers
/// the copy's last entry. The copy holds the log's secret and is readable for its owner alone.
pub fn back_up(path: &Path, to: &Path) -> Result<Seq, LogError> {
    let path = location::resolve(path)?;
    let _leaves = Leaves::of(&path);
    must_be_a_log(&path)?;
    if to.symlink_metadata().is_ok() {
        return Err(unwritable(to, &io::ErrorKind::AlreadyExists.into()));
    }
    // Under a name that nobody has, so that an interrupted copy is in nobody's way and nothing is overwritten.
    let part = beside(to, &format!(".{:016x}.part", random::word()));
    let copied = copy(&path, &part, to).and_then(|head| {
        // A hard link, because a rename would replace what somebody else has put there meanwhile.
        std::fs::hard_link(&part, to)
            .and_then(|()| sync_folder(to))
            .map_err(|error| unwritable(to, &error))?;
        Ok(head)
    });
    // Nothing is there when the copy was refused.
    let _ = std::fs::remove_file(&part);
    copied
}

/// Puts the backup `from` in the place of the log at `path`, which no server may have open. The log gets a new epoch,
/// and what a crash left beside it is removed.
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
    // Only now: should this be interrupted, what lies there is refused and not mixed.
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
        // Nothing is copied that is mixed of two states.
        Found::Log { .. } => lineage::check(path),
        Found::Nothing => Err(no_log(path)),
    }
}

/// Copies the database with its write-ahead log into a new file, complete by itself, checked and synced. Errors name the file
/// that it will become.
fn copy(path: &Path, to: &Path, named: &Path) -> Result<Seq, LogError> {
    let unwritable = |error: io::Error| unwritable(named, &error);
    let file = location::private().write(true).create_new(true).open(to).map_err(unwritable)?;
    let source = inspect::open(path, true).map_err(at_file(path))?;
    // One read transaction, so the copy is one state of the log, however much is written meanwhile.
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

/// Makes a copy a log of its own: another epoch, closed in order, and no write-ahead log belongs to it.
fn begin_new_epoch(path: &Path) -> Result<Epoch, LogError> {
    let database = Connection::open(path).map_err(log_error)?;
    renew_epoch(&database)?;
    let sql = "DELETE FROM meta WHERE name IN ('stamp', 'base', 'open')";
    database.execute(sql, []).map_err(log_error)?;
    Ok(identity(&database)?.epoch)
}

/// Makes a new name in a folder durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
