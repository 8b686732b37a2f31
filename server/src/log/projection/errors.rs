//! Translates SQLite's errors into those of the log.

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};

use crate::log::error::LogError;

/// Tells a full disk from every other error, because an operator can act on it.
#[expect(clippy::needless_pass_by_value, reason = "map_err passes the error by value")]
pub(in crate::log) fn log_error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LogError::Full,
        // A file-size limit or a quota means a full disk too; SQLite reports only ENOSPC as such.
        Some(ErrorCode::SystemIoFailure) if is_out_of_room(&error) => LogError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LogError::Unavailable(format!("another program has locked the database ({error})"))
        }
        Some(ErrorCode::OperationInterrupted) => LogError::Busy,
        _ => LogError::Unavailable(error.to_string()),
    }
}

/// Whether a file could not be made longer.
fn is_out_of_room(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(SQLITE_IOERR_WRITE | SQLITE_IOERR_SHMSIZE))
}
