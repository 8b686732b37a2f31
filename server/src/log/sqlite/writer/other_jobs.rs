//! The writer's jobs besides appending: retention, expiry of rooms, and trying whether it could append.

use std::time::{Duration, Instant};

use holdline_shared::RoomName;
use rusqlite::{Transaction, TransactionBehavior};

use super::{Writer, answer};
use crate::log::clock::wall_clock;
use crate::log::sqlite::expiry::{self, ROOMS_AT_ONCE};
use crate::log::sqlite::group::Group;
use crate::log::sqlite::{Job, log_error};
use crate::log::{Draft, LogError, LogEvent, Retention, RoomInUse};

/// How old a commit may be for [`Log::health`](crate::log::Log::health) to believe in the next one.
const RECENT_COMMIT: Duration = Duration::from_secs(5);

/// How much a probe writes after a group could not be written: as much as large groups do.
const LARGE_PROBE: usize = 128 * 1024;

impl Writer {
    /// Whatever is no append.
    pub(super) fn do_other(&mut self, job: Job) {
        match job {
            Job::Append { .. } | Job::Wake => {}
            Job::Prune { keep, reply } => answer(reply, self.prune(&keep)),
            Job::Expire { rooms, idle, is_in_use, reply } => {
                answer(reply, self.expire(&rooms, idle, &is_in_use));
            }
            Job::Probe { reply } => answer(reply, self.probe()),
        }
    }

    fn prune(&mut self, keep: &Retention) -> Result<bool, LogError> {
        self.in_place()?;
        self.upkeep.mark(&mut self.connection)?;
        self.upkeep.scrub_soon();
        self.pruner.prune(&mut self.connection, keep, self.tip.head)
    }

    /// Removes some of these rooms, and answers whether some were left for the next time.
    fn expire(
        &mut self,
        rooms: &[RoomName],
        idle: Duration,
        is_in_use: &RoomInUse,
    ) -> Result<bool, LogError> {
        self.in_place()?;
        self.upkeep.mark(&mut self.connection)?;
        self.upkeep.scrub_soon();
        let at_once = &rooms[..rooms.len().min(ROOMS_AT_ONCE)];
        let cut = self.pruner.cut(idle);
        let expired = expiry::expire(&mut self.connection, at_once, cut, self.tip.head, is_in_use)?;
        self.tip.rooms -= expired.rooms.len();
        if !expired.rooms.is_empty()
            && let Some(follower) = &*self.shared.follower.lock()
        {
            follower(LogEvent::RoomsExpired { rooms: &expired.rooms, forgotten: expired.forgotten });
        }
        Ok(at_once.len() < rooms.len() && !expired.rooms.is_empty())
    }

    /// Finds out whether a group could be committed now.
    fn probe(&mut self) -> Result<(), LogError> {
        self.in_place()?;
        self.upkeep.mark(&mut self.connection)?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
        if self.shared.life.trouble().is_none() {
            if self.committed_at.elapsed() > RECENT_COMMIT {
                write_probe(transaction, &wall_clock().0.to_le_bytes())?;
                self.committed_at = Instant::now();
            }
            return Ok(());
        }
        // What failed has to work again: an entry, as far as it can be tried without one, and as much as a group may write.
        let mut group = Group::begin(transaction, self.tip, 1);
        match group.append(&probe_draft()) {
            Ok(_) | Err(LogError::Refused(_)) => drop(group),
            Err(error) => return Err(error),
        }
        for bytes in [LARGE_PROBE, 0] {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(log_error)?;
            write_probe(transaction, &vec![0; bytes])?;
        }
        self.committed_at = Instant::now();
        self.shared.life.set_trouble(None);
        Ok(())
    }
}

/// Something that could be said.
fn probe_draft() -> Draft {
    let text = holdline_shared::MessageText::received("probe");
    Draft::say(holdline_shared::Person::stdin(), RoomName::lobby(), text)
}

fn write_probe(transaction: Transaction<'_>, value: &[u8]) -> Result<(), LogError> {
    let sql = "INSERT INTO meta VALUES ('probe', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1";
    transaction.execute(sql, [value]).map_err(log_error)?;
    transaction.commit().map_err(log_error)
}
