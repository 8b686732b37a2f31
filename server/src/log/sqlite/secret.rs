//! Replaces a log's secret, which ends all sessions.

use std::path::Path;

use super::file_error::no_log;
use super::inspect::{Found, inspect};
use super::opening::Opened;
use super::upkeep::Phase;
use super::{location, opening};
use crate::log::clock::wall_clock;
use crate::log::error::LogError;
use crate::log::projection::{head, identity, log_error, seen, write_meta};
use crate::random;

/// Gives the log at `path` a new secret. No server may have the log open.
pub fn rotate_secret(path: &Path) -> Result<(), LogError> {
    let path = location::resolve(path)?;
    if inspect(&path)? == Found::Nothing {
        return Err(no_log(&path));
    }
    let Opened { connection: mut database, mut upkeep, lock } = opening::open(&path)?;
    write_meta(&database, &[("secret", &random::bytes::<32>())]).map_err(log_error)?;
    let seen = seen(&database)?.unwrap_or_else(wall_clock);
    upkeep.checkpoint(&mut database, Phase::Closing, seen)?;
    lock.note(identity(&database)?.epoch, head(&database).map_err(log_error)?);
    // The connection must be closed before the lock is released.
    drop(database);
    Ok(())
}
