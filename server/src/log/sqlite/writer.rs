//! The writer: one thread with one connection commits groups. All waiting drafts share one transaction and
//! one fsync; only then are the followers told and the publishers answered.

mod other_jobs;
mod safekeeping;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use holdline_shared::{Epoch, Seq};
use parking_lot::MutexGuard;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::contention::{self, Hurry};
use super::jobs::{Job, Reply, Shared, answer};
use super::life::Stage;
use super::lock::LogLock;
use super::upkeep::{Phase, Upkeep};
use super::watched_files::{Lost, WatchedFiles};
use crate::log::draft::Draft;
use crate::log::engine::LogEvent;
use crate::log::error::LogError;
use crate::log::outcome::Outcome;
use crate::log::projection::{
    AppendTransaction, CommittedGroup, Pruner, Tip, last_heard_of, log_error, read_access,
};
use crate::repeated_line::RepeatedLine;

/// The largest number of appends in one transaction. Larger groups save nothing more and delay their first
/// publisher.
const GROUP: usize = 1024;

/// The time between two checks of the log's files, also while there is nothing to write.
const TICK: Duration = Duration::from_secs(1);

/// The writer and its connection.
pub(super) struct Writer {
    connection: Connection,
    hurry: Hurry,
    files: WatchedFiles,
    upkeep: Upkeep,
    shared: Arc<Shared>,
    /// Declared after the connection, which needs the lock until it is closed.
    lock: Arc<LogLock>,
    epoch: Epoch,
    ticked_at: Instant,
    committed_at: Instant,
    tip: Tip,
    /// The log's last entry when the database's file was last complete by itself.
    saved: Seq,
    /// The loss after which the log cannot continue.
    lost: Option<Lost>,
    pruner: Pruner,
}

impl Writer {
    /// Reads the end of the log, gives a new log its first entry, and marks it as open.
    pub(super) fn new(
        mut connection: Connection,
        upkeep: Upkeep,
        path: &Path,
        shared: Arc<Shared>,
        lock: Arc<LogLock>,
        epoch: Epoch,
    ) -> Result<Self, LogError> {
        let tip = Tip::read(&connection).map_err(log_error)?;
        let is_new = tip.head == Seq::START;
        shared.access.store(read_access(&connection).map_err(log_error)?);
        let hurry = contention::limit(&mut connection, shared.life.clone())?;
        let mut writer = Self {
            hurry,
            files: WatchedFiles::new(path, lock.clone()),
            upkeep,
            pruner: Pruner::new(last_heard_of(&connection, is_new)?),
            connection,
            shared,
            lock,
            epoch,
            ticked_at: Instant::now(),
            committed_at: Instant::now(),
            tip,
            saved: tip.head,
            lost: None,
        };
        if is_new {
            writer.commit([Draft::lobby()])?;
        }
        writer.shared.head.store(writer.tip.head.0, Ordering::Release);
        match writer.checkpoint(Phase::Open) {
            Err(LogError::Full) => tracing::warn!(
                file = %path.display(),
                "the disk is full: the log can be read, and written again once there is room"
            ),
            emptied => emptied?,
        }
        writer.files = WatchedFiles::new(path, writer.lock.clone());
        writer.lock.note(writer.epoch, writer.tip.head);
        Ok(writer)
    }

    /// Commits groups until the log is closed or every sender is gone, then checkpoints everything into the
    /// one file. Returns the last stage.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>, waiting: &tokio::runtime::Runtime) -> Stage {
        let mut group = Vec::with_capacity(GROUP);
        loop {
            group.clear();
            let mut is_idle = false;
            match waiting.block_on(async { timeout(TICK, jobs.recv_many(&mut group, GROUP)).await }) {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => is_idle = true,
            }
            if self.shared.life.is_closing() {
                // The jobs that are queued already are finished; no more are accepted.
                jobs.close();
            }
            self.work(group.drain(..));
            if self.lost.is_none() && (is_idle || self.ticked_at.elapsed() >= TICK) {
                self.tick(is_idle);
            }
            if let Some(lost) = &self.lost {
                refuse_all(jobs, lost);
                return Stage::Failed;
            }
        }
        self.close();
        Stage::Closed
    }

    /// Does these jobs, all appends in one group.
    fn work(&mut self, jobs: impl Iterator<Item = Job>) {
        let (mut drafts, mut replies, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Append { draft, reply } => {
                    let stands_alone = draft.stands_alone();
                    if stands_alone {
                        self.commit_and_answer(std::mem::take(&mut drafts), std::mem::take(&mut replies));
                    }
                    drafts.push(draft);
                    replies.push(reply);
                    if stands_alone {
                        self.commit_and_answer(std::mem::take(&mut drafts), std::mem::take(&mut replies));
                    }
                }
                other => others.push(other),
            }
        }
        self.commit_and_answer(drafts, replies);
        for job in others {
            self.do_other(job);
        }
    }

    fn commit_and_answer(&mut self, drafts: Vec<Draft>, replies: Vec<Reply<Outcome>>) {
        if drafts.is_empty() {
            return;
        }
        let committed = if self.shared.life.is_out_of_time() {
            Err(LogError::Closed)
        } else {
            self.in_place().and_then(|()| self.commit(drafts))
        };
        match committed {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    answer(reply, outcome);
                }
            }
            Err(error) => {
                static LINE: RepeatedLine = RepeatedLine::new();
                if let Some(refused) = LINE.count(replies.len() as u64) {
                    tracing::error!(%error, refused, "publishes were refused because the log could not be written");
                }
                self.shared.life.set_trouble(Some(error.clone()));
                for reply in replies {
                    answer(reply, Err(error.clone()));
                }
            }
        }
    }

    /// Appends all drafts in one transaction, with one outcome each; an error means that nothing was stored.
    fn commit(
        &mut self,
        drafts: impl IntoIterator<Item = Draft>,
    ) -> Result<Vec<Result<Outcome, LogError>>, LogError> {
        self.upkeep.mark(&mut self.connection)?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
        let drafts = drafts.into_iter();
        let mut outcomes = Vec::with_capacity(drafts.size_hint().0);
        let access = self.shared.access.snapshot();
        let mut group = AppendTransaction::begin(transaction, self.tip, access, drafts.size_hint().0);
        for draft in drafts {
            outcomes.push(match group.append(&draft) {
                // A refusal concerns its own draft, which wrote nothing; every other error concerns the whole
                // transaction.
                Ok(outcome) => Ok(outcome),
                Err(error @ LogError::Refused(_)) => Err(error),
                Err(error) => return Err(error),
            });
        }
        let shared = self.shared.clone();
        let publishing = shared.publishing.lock();
        let begun = Instant::now();
        let committed = group.commit()?;
        if let Some(observer) = self.shared.commit_observer.get() {
            observer(begun.elapsed());
        }
        // What was taken away meanwhile did not get it.
        if let Err(error) = self.in_place()
            && self.lost.is_some()
        {
            return Err(error);
        }
        self.publish(committed, publishing);
        Ok(outcomes)
    }

    /// Makes a committed group visible: who may do what first, then the entries. `publishing` is held since before the commit.
    fn publish(&mut self, committed: CommittedGroup, publishing: MutexGuard<'_, ()>) {
        let CommittedGroup { entries, tip, redacts, newest, rewrites, access, deleted } = committed;
        self.tip = tip;
        self.committed_at = Instant::now();
        self.shared.life.set_trouble(None);
        if redacts {
            self.upkeep.redact_soon();
        }
        if let Some(access) = access {
            self.shared.access.store(access);
        }
        self.shared.head.store(tip.head.0, Ordering::Release);
        drop(publishing);
        if !entries.is_empty() {
            self.tell(LogEvent::Appended(&entries));
        }
        if !newest.is_empty() {
            self.tell(LogEvent::MessagesDeleted { newest: &newest });
        }
        if let Some((rooms, forgotten)) = deleted {
            self.tell(LogEvent::RoomsExpired { rooms: &rooms, forgotten });
        }
        if rewrites {
            self.tell(LogEvent::Rewritten);
        }
    }

    /// Tells the follower of a change that is durable.
    fn tell(&self, event: LogEvent<'_>) {
        if let Some(follower) = &*self.shared.follower.lock() {
            follower(event);
        }
    }
}

/// Answers every job with the loss from now on.
fn refuse_all(mut jobs: mpsc::Receiver<Job>, lost: &Lost) {
    jobs.close();
    while let Ok(job) = jobs.try_recv() {
        job.refuse(lost.error());
    }
}

#[cfg(test)]
mod tests;
