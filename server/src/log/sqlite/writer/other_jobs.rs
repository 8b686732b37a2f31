//! The writer's jobs besides appending: retention, expiry of rooms, and the probe for health.

use std::time::{Duration, Instant};

use holdline_shared::{MessageText, Person, RoomName, Seq};
use rusqlite::{Transaction, TransactionBehavior};

use super::Writer;
use crate::log::catch_up::catch_up;
use crate::log::clock::wall_clock;
use crate::log::draft::Draft;
use crate::log::engine::{Follower, LogEvent, RoomCut, RoomInUse};
use crate::log::error::LogError;
use crate::log::projection::{self, AppendTransaction, log_error};
use crate::log::retention::Retention;
use crate::log::sqlite::jobs::{Job, answer};
use crate::log::sqlite::upkeep::{Phase, Upkeep};

/// The age up to which a successful commit satisfies [`Log::health`](crate::log::Log::health) without a
/// probe.
const RECENT_COMMIT: Duration = Duration::from_secs(5);

/// The number of bytes that a probe writes after a group could not be written: as many as a large group.
const LARGE_PROBE: usize = 128 * 1024;

impl Writer {
    /// Does a job that is no append.
    pub(super) fn do_other(&mut self, job: Job) {
        match job {
            Job::Append { .. } | Job::Wake => {}
            Job::Prune { retention, reply } => answer(reply, self.prune(&retention)),
            Job::Expire { rooms, idle, is_in_use, reply } => {
                answer(reply, self.expire(&rooms, idle, &is_in_use));
            }
            Job::Follow { after, follower, reply } => answer(reply, self.follow(after, follower)),
            Job::Probe { reply } => answer(reply, self.probe()),
        }
    }

    fn prune(&mut self, retention: &Retention) -> Result<bool, LogError> {
        self.in_place()?;
        self.upkeep.mark(&mut self.connection)?;
        match self.prune_some(retention) {
            // Removing entries needs space before it frees any.
            Err(LogError::Full) => {
                if self.checkpoint(Phase::Open).is_err() {
                    Upkeep::rewind(&self.connection)?;
                }
                let pruned = self.prune_some(retention);
                self.checkpoint(Phase::Open)?;
                pruned
            }
            pruned => pruned,
        }
    }

    fn prune_some(&mut self, retention: &Retention) -> Result<bool, LogError> {
        let age = retention.age.map(|age| self.pruner.cut(age));
        let pruned = self.pruner.prune(&mut self.connection, age, retention.per_room, self.tip.head);
        let pruned = pruned.map_err(log_error)?;
        self.after_cuts(&pruned.cuts);
        Ok(pruned.more)
    }

    /// Removes those of the rooms that may expire, and returns whether one of them has to be checked again
    /// later.
    fn expire(
        &mut self,
        rooms: &[RoomName],
        idle: Duration,
        is_in_use: &RoomInUse,
    ) -> Result<bool, LogError> {
        self.in_place()?;
        self.upkeep.mark(&mut self.connection)?;
        let idle = self.pruner.cut(idle);
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(log_error)?;
        let expired = projection::expire(transaction, rooms, idle, self.tip.head, &**is_in_use);
        let expired = expired.map_err(log_error)?;
        self.after_cuts(&expired.cuts);
        self.tip.rooms = self.tip.rooms.saturating_sub(expired.rooms.len());
        if !expired.rooms.is_empty() {
            self.upkeep.redact_soon();
            self.tell(LogEvent::RoomsExpired { rooms: &expired.rooms, forgotten: expired.forgotten });
        }
        Ok(!expired.cuts.is_empty())
    }

    fn after_cuts(&mut self, cuts: &[RoomCut]) {
        if !cuts.is_empty() {
            self.upkeep.redact_soon();
            self.tell(LogEvent::Pruned(cuts));
        }
    }

    fn follow(&mut self, after: Seq, follower: Follower) -> Result<(), LogError> {
        catch_up(after, &follower, |after| {
            projection::read_everything(&self.connection, after).map_err(log_error)
        })?;
        *self.shared.follower.lock() = Some(follower);
        Ok(())
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
        // The probe repeats what failed: an entry, as far as that is possible without publishing one, and as
        // many bytes as a group may write.
        let mut group = AppendTransaction::begin(transaction, self.tip, self.shared.access.snapshot(), 1);
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

/// Makes a valid draft of a message.
fn probe_draft() -> Draft {
    Draft::say(Person::stdin(), RoomName::lobby(), MessageText::received("probe"))
}

fn write_probe(transaction: Transaction<'_>, value: &[u8]) -> Result<(), LogError> {
    projection::write_meta(&transaction, &[("probe", value)]).map_err(log_error)?;
    transaction.commit().map_err(log_error)
}
