//! Polls of tasks: resolves where they begin and how long they may be held, and waits for their answers.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{After, Cursor, RoomSelection, Seq};

use super::answers::{Answer, Answers};
use super::config::HubConfig;
use super::error::PollError;
use super::log_reads::Reply;
use super::poll_request::{Admitted, PollRequest};
use super::presence::PresenceLease;
use super::state::{HubState, wait_keys};
use super::sync::Ordering;
use super::task_polls::TaskPolls;
use crate::scope::Scope;

/// The longest hold on a server that is full.
pub(super) const CROWDED_WAIT: Duration = Duration::from_secs(1);

/// Answers polls.
pub(super) struct Polls {
    pub(super) state: Arc<HubState>,
    pub(super) answers: Arc<Answers>,
    pub(super) tasks: TaskPolls,
    pub(super) max_wait: Duration,
    max_held: usize,
}

impl Polls {
    pub(super) fn new(state: Arc<HubState>, answers: Arc<Answers>, config: &HubConfig) -> Self {
        let tasks = TaskPolls::new(state.clone(), answers.clone());
        Self { state, answers, tasks, max_wait: config.max_wait, max_held: config.max_held }
    }

    /// Answers with all entries that `rooms` have after `after`, waiting for up to `wait` if there are none.
    pub(super) async fn poll(
        &self,
        scope: &Scope,
        rooms: &RoomSelection,
        after: After,
        wait: Duration,
        presence: Option<PresenceLease>,
    ) -> Result<Answer, PollError> {
        let admitted = self.admit(scope, rooms, after, wait)?;
        self.reply(PollRequest { rooms, admitted, presence }).await
    }

    /// Answers an admitted poll once it is complete.
    pub(super) async fn reply(&self, request: PollRequest<'_>) -> Result<Answer, PollError> {
        match self.tasks.reply(request).await? {
            Reply::Ready(answer) => answer,
            Reply::Reading(read) => read.await,
        }
    }

    /// Resolves where a poll begins and how long it may be held. A full server shortens holds, then refuses
    /// polls.
    pub(super) fn admit(
        &self,
        scope: &Scope,
        rooms: &RoomSelection,
        after: After,
        wait: Duration,
    ) -> Result<Admitted, PollError> {
        let admitted = self.resolve(after).and_then(|after| self.grant(scope, after, wait));
        // An unknown room is reported before any other problem.
        let unknown = || {
            wait_keys(rooms).into_iter().find(|key| !key.is_within(scope) || self.state.feed(key).is_none())
        };
        let admitted =
            admitted.map_err(|error| unknown().map_or(error, |key| PollError::hidden(&key, scope)));
        admitted.inspect_err(|error| self.count_refused(error))
    }

    /// Grants a hold of up to `wait`, or less on a full server.
    pub(super) fn grant(&self, scope: &Scope, after: Cursor, wait: Duration) -> Result<Admitted, PollError> {
        let (held, asked) = (self.state.held.load(Ordering::Relaxed), wait.min(self.max_wait));
        let wait = if held < self.max_held || wait.is_zero() {
            asked
        } else if held < self.max_held.saturating_mul(2) {
            asked.min(CROWDED_WAIT)
        } else {
            return Err(PollError::Overloaded);
        };
        let scope = scope.clone();
        Ok(Admitted { scope, epoch: after.epoch, after: after.seq, wait, is_shortened: wait < asked })
    }

    /// Resolves the position where a poll begins.
    pub(super) fn resolve(&self, after: After) -> Result<Cursor, PollError> {
        let (epoch, head) = (self.state.epoch(), self.state.head());
        match after {
            After::Now => Ok(Cursor { epoch, seq: head }),
            After::Start => Ok(Cursor { epoch, seq: Seq::START }),
            After::At(cursor) => {
                let log = self.answers.log();
                // A cursor beyond the head belongs to a log that was restored from a copy since. The log's
                // own head is asked, because for a moment it may be ahead of the hub's.
                let is_beyond = cursor.seq > head && !log.has_reached(cursor.seq);
                if cursor.epoch != log.epoch() || is_beyond {
                    return Err(PollError::EpochChanged(self.answers.cursor(self.state.head())));
                }
                Ok(cursor)
            }
        }
    }

    pub(super) fn count_refused(&self, error: &PollError) {
        if matches!(error, PollError::Overloaded) {
            self.state.metrics.polls_refused.increment(1);
        }
    }
}
