//! Another secret for a log: every session that was signed with the old one ends.

use std::path::Path;

use super::inspect::{Found, inspect};
use super::opening::Opened;
use super::upkeep::Phase;
use super::{SqliteLog, location, log_error, opening, schema};
use crate::log::LogError;
use crate::log::clock::wall_clock;
use crate::random;

impl SqliteLog {
    /// Gives the log at `path` another secret. No server may have it open.
    pub fn rotate_secret(path: &Path) -> Result<(), LogError> {
        let path = location::resolve(path)?;
        if inspect(&path)? == Found::Nothing {
            return Err(LogError::Unavailable(format!("{} has no log in it", path.display())));
        }
        let Opened { connection: mut database, mut upkeep, lock } = opening::open(&path)?;
        let sql = "UPDATE meta SET value = ? WHERE name = 'secret'";
        database.execute(sql, [random::bytes::<32>()]).map_err(log_error)?;
        let seen = schema::seen(&database)?.unwrap_or_else(wall_clock);
        upkeep.checkpoint(&mut database, Phase::Closing, seen)?;
        lock.note(schema::identity(&database)?.0, schema::head(&database)?);
        // Before the lock.
        drop(database);
        Ok(())
    }
}
