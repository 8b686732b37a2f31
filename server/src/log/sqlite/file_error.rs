//! Errors of an operator's files in the words of somebody who has to do something about them: the file, what failed, what to do.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::log::error::LogError;
use crate::log::projection::log_error;

/// A file could not be written, or not be made.
pub(super) fn unwritable(file: &Path, error: &io::Error) -> LogError {
    let file = file.display();
    LogError::Unavailable(match error.kind() {
        ErrorKind::NotFound => format!("the folder of {file} is not there; make it, or give another place"),
        ErrorKind::NotADirectory => format!("the folder of {file} is no folder; give another place"),
        ErrorKind::AlreadyExists => {
            format!("{file} is there already, and nothing is overwritten; give another name")
        }
        ErrorKind::PermissionDenied => {
            format!("this user may not write {file}; give another place, or run this as its owner")
        }
        ErrorKind::ReadOnlyFilesystem => {
            format!("{file} is on a file system that cannot be written; give another place")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => out_of_room(&file),
        _ => format!("{file} cannot be written: {error}"),
    })
}

/// The error for a file without a log, or no file.
pub(super) fn no_log(file: &Path) -> LogError {
    let file = file.display();
    LogError::Unavailable(format!(
        "{file} has no log in it; name the log with --log, as in --log sqlite:{file}"
    ))
}

/// An error of SQLite's at this file.
pub(super) fn at_file(file: &Path) -> impl Fn(rusqlite::Error) -> LogError {
    move |error| match log_error(error) {
        LogError::Full => LogError::Unavailable(out_of_room(&file.display())),
        LogError::Unavailable(why) => LogError::Unavailable(format!("{}: {why}", file.display())),
        other => other,
    }
}

fn out_of_room(file: &dyn std::fmt::Display) -> String {
    format!("there is no room for {file}; free some space, or give a place on another disk")
}
