//! The writer's care for the log's files: checks that they are in place and complete, empties the write-ahead log, and saves what
//! was acknowledged if the log cannot continue with them. Commits nothing.

use std::time::Instant;

use rusqlite::config::DbConfig;

use super::Writer;
use crate::log::error::LogError;
use crate::log::sqlite::upkeep::{Phase, Upkeep};
use crate::log::sqlite::watched_files::Lost;

impl Writer {
    /// Does the periodic work: checks the files, and runs upkeep when it is due.
    pub(super) fn tick(&mut self, is_idle: bool) {
        self.ticked_at = Instant::now();
        self.lock.note(self.epoch, self.tip.head);
        if self.in_place().is_err() {
            return;
        }
        let tended = Upkeep::give_back(&self.connection)
            .and_then(|()| if self.upkeep.is_due(is_idle) { self.checkpoint(Phase::Open) } else { Ok(()) });
        if let Err(error) = tended {
            tracing::debug!(%error, "the database could not be looked after; trying again");
        }
    }

    /// Copies the write-ahead log into the database, and notes how far the database is complete by itself.
    pub(super) fn checkpoint(&mut self, phase: Phase) -> Result<(), LogError> {
        let seen = self.pruner.now();
        self.lock.note_emptying(self.epoch, self.tip.head);
        self.hurry.set(true);
        let emptied = self.upkeep.checkpoint(&mut self.connection, phase, seen);
        self.hurry.set(false);
        self.lock.note(self.epoch, self.tip.head);
        self.files.was_checkpointed();
        if emptied? {
            self.saved = self.tip.head;
        }
        Ok(())
    }

    /// Leaves one file that is complete by itself, so that it can be copied or moved.
    pub(super) fn close(mut self) {
        self.lock.note(self.epoch, self.tip.head);
        if self.in_place().is_err() {
            return;
        }
        if let Err(error) = self.checkpoint(Phase::Closing) {
            tracing::warn!(%error, "the write-ahead log stays beside the database; the next start reads it");
        }
    }

    fn save_what_can_be(&mut self, lost: &Lost) {
        let error = lost.error();
        // The mark tells the next start whether entries are missing.
        self.lock.note(self.epoch, self.tip.head);
        if matches!(lost, Lost::Wal(_)) {
            tracing::error!(
                %error,
                kept = %self.saved,
                lost = %self.tip.head,
                "the log cannot go on; the database is left as it is, with everything up to the entry `kept`"
            );
            // SQLite would copy content that is not its own into the database.
            let kept = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            if let Err(error) = kept {
                tracing::error!(%error, "the database may be spoilt; restore a copy");
            }
            return;
        }
        tracing::error!(%error, "the log cannot go on; everything that was acknowledged is being saved");
        // SQLite still has the removed file open; the next start finds a log that was closed.
        if let Err(error) = self.checkpoint(Phase::Closing) {
            tracing::error!(%error, "it could not be saved");
        }
    }

    /// Checks that the files are in place and complete. If the log cannot continue with them, saves what was
    /// acknowledged before anybody hears of the loss, and so before anybody can end the process because of
    /// it.
    pub(super) fn in_place(&mut self) -> Result<(), LogError> {
        if let Some(lost) = &self.lost {
            return Err(lost.error().clone());
        }
        let Err(lost) = self.files.check() else { return Ok(()) };
        let error = lost.error().clone();
        if !matches!(lost, Lost::Database(_)) {
            self.save_what_can_be(&lost);
            self.lost = Some(lost);
        }
        Err(error)
    }
}
