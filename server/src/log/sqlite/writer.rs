//! Writing: one thread, one connection, groups. Everything that waits goes into one transaction and so into one fsync;
//! only after it are the followers told and the publishers answered.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use holdline_shared::{Epoch, Seq, Timestamp};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use tokio::sync::mpsc;

use super::group::Group;
use super::guard::Guard;
use super::watched_file::WatchedFile;
use super::{Job, Reply, Shared, log_error, prune};
use crate::log::{Draft, LogError, Outcome};
use crate::repeated_line::RepeatedLine;

/// Appends in one transaction. Larger groups save nothing more and delay the first of them.
const GROUP: usize = 1024;

/// How often it is noted how far the log has come.
const NOTE_PERIOD: Duration = Duration::from_secs(1);

/// The writer and its connection.
pub(super) struct Writer {
    connection: Connection,
    file: WatchedFile,
    shared: Arc<Shared>,
    guard: Guard,
    epoch: Epoch,
    noted_at: Instant,
    head: Seq,
    last_at: Timestamp,
}

impl Writer {
    /// Reads where the log ends, and gives a new one its first entry.
    pub(super) fn new(
        connection: Connection,
        path: &Path,
        shared: Arc<Shared>,
        guard: Guard,
        epoch: Epoch,
    ) -> Result<Self, LogError> {
        let sql = "SELECT seq, at FROM entries ORDER BY seq DESC LIMIT 1";
        let last: Option<(i64, i64)> = connection
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(log_error)?;
        let (seq, at) = last.unwrap_or_default();
        let (head, last_at) = (Seq(seq.cast_unsigned()), Timestamp(at.cast_unsigned()));
        let (file, noted_at) = (WatchedFile::new(path)?, Instant::now());
        let mut writer = Self { connection, file, shared, guard, epoch, noted_at, head, last_at };
        if last.is_none() {
            writer.commit([Draft::lobby()])?;
        }
        writer.shared.head.store(writer.head.0, Ordering::Release);
        writer.note();
        Ok(writer)
    }

    /// Commits groups until every sender is gone, then puts everything into the one file.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.blocking_recv_many(&mut group, GROUP) > 0 {
            let mut drafts = Vec::with_capacity(group.len());
            let mut replies = Vec::with_capacity(group.len());
            let mut prunes = Vec::new();
            for job in group.drain(..) {
                match job {
                    Job::Append { draft, reply } => {
                        drafts.push(draft);
                        replies.push(reply);
                    }
                    Job::Prune { keep, reply } => prunes.push((keep, reply)),
                }
            }
            if !drafts.is_empty() {
                self.commit_and_answer(drafts, replies);
            }
            if self.noted_at.elapsed() >= NOTE_PERIOD {
                self.note();
            }
            for (keep, reply) in prunes {
                answer(reply, prune::prune(&mut self.connection, &keep, self.head));
            }
        }
        self.close();
    }

    /// Notes how far the log has come.
    fn note(&mut self) {
        self.noted_at = Instant::now();
        self.guard.note(self.epoch, self.head);
    }

    /// Leaves one file that is complete by itself, to be copied or moved.
    fn close(mut self) {
        self.note();
        let checkpoint = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = checkpoint {
            tracing::debug!(%error, "the write-ahead log stays beside the database");
        }
    }

    fn commit_and_answer(&mut self, drafts: Vec<Draft>, replies: Vec<Reply<Outcome>>) {
        match self.file.check().and_then(|()| self.commit(drafts)) {
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
                for reply in replies {
                    answer(reply, Err(error.clone()));
                }
            }
        }
    }

    /// Appends all drafts in one transaction, one outcome each; an error means that nothing was kept.
    fn commit(
        &mut self,
        drafts: impl IntoIterator<Item = Draft>,
    ) -> Result<Vec<Result<Outcome, LogError>>, LogError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(log_error)?;
        let drafts = drafts.into_iter();
        let mut outcomes = Vec::with_capacity(drafts.size_hint().0);
        let mut group = Group::begin(transaction, self.head, self.last_at, drafts.size_hint().0);
        for draft in drafts {
            outcomes.push(match group.append(&draft) {
                // A refusal concerns its own draft, which wrote nothing; everything else concerns the transaction.
                Ok(outcome) => Ok(outcome),
                Err(error @ LogError::Refused(_)) => Err(error),
                Err(error) => return Err(error),
            });
        }
        let (committed, head, last_at) = group.commit()?;
        (self.head, self.last_at) = (head, last_at);
        self.shared.head.store(head.0, Ordering::Release);
        if !committed.is_empty()
            && let Some(follower) = &*self.shared.follower.lock()
        {
            follower(&committed);
        }
        Ok(outcomes)
    }
}

fn answer<T>(reply: Reply<T>, outcome: Result<T, LogError>) {
    // A publisher that went away learns of it when it repeats its key.
    let _ = reply.send(outcome);
}
