//! The health of a hub: detects that it cannot continue, because its log or one of its own tasks has failed
//! for good. Its server stops then; nothing is repaired here.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Mutex as AsyncMutex, watch as flag};
use tokio::time::{Instant, timeout};

use crate::log::{HEALTH_TIME, Log, LogError};
use crate::repeated_line::RepeatedLine;

/// The time for which a check of the log is valid: however many ask, the log is checked once a second.
const CHECK_LASTS: Duration = Duration::from_secs(1);

/// The reason why a hub cannot serve right now.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotReady {
    /// [`Hub::close`](super::Hub::close) was called.
    #[error("the server is stopping")]
    Closing,
    /// The log or a part of the hub has failed for good.
    #[error("a part of the server has failed; restart the server")]
    Failed,
    /// The log did not answer the check in time.
    #[error("the log did not answer within {} seconds", HEALTH_TIME.as_secs())]
    Slow,
    /// The log cannot be written or read.
    #[error("the log does not work: {0}")]
    Log(LogError),
}

/// The last check of the log: its time and its outcome.
struct LogCheck {
    at: Instant,
    outcome: Result<(), NotReady>,
}

/// The health of one hub.
pub(super) struct Health {
    /// Whether the hub cannot continue.
    has_failed: flag::Sender<bool>,
    /// The last check of the log.
    last_check: AsyncMutex<Option<LogCheck>>,
}

impl Health {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { has_failed: flag::Sender::new(false), last_check: AsyncMutex::default() })
    }

    /// Resolves once the hub cannot continue.
    pub(super) async fn failed(&self) {
        // The sender is a field of `self`, so the channel cannot close meanwhile.
        let _ = self.has_failed.subscribe().wait_for(|&has_failed| has_failed).await;
    }

    pub(super) fn has_failed(&self) -> bool {
        *self.has_failed.borrow()
    }

    /// Checks whether the log works now. Concurrent calls share one check.
    pub(super) async fn check(&self, log: &dyn Log) -> Result<(), NotReady> {
        if self.has_failed() {
            return Err(NotReady::Failed);
        }
        let mut last = self.last_check.lock().await;
        if let Some(check) = &*last
            && check.at.elapsed() < CHECK_LASTS
        {
            return check.outcome.clone();
        }
        let outcome = match timeout(HEALTH_TIME, log.health()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(NotReady::Log(error)),
            Err(_) => Err(NotReady::Slow),
        };
        if let Err(reason) = &outcome {
            static LINE: RepeatedLine = RepeatedLine::new();
            if let Some(times) = LINE.count(1) {
                tracing::error!(%reason, times, "the server is not ready");
            }
        }
        *last = Some(LogCheck { at: Instant::now(), outcome: outcome.clone() });
        outcome
    }

    pub(super) fn fail(&self) {
        self.has_failed.send_replace(true);
    }

    /// Fails once the log has failed.
    pub(super) fn watch_log(self: &Arc<Self>, log: &dyn Log) {
        let (failed, health) = (log.failed(), Arc::downgrade(self));
        let mut flag = self.has_failed.subscribe();
        tokio::spawn(async move {
            // The flag is dropped with the hub.
            tokio::select! { () = failed => {}, _ = flag.changed() => {} }
            if let Some(health) = health.upgrade().filter(|health| !health.has_failed()) {
                tracing::error!("the log has failed for good");
                health.fail();
            }
        });
    }

    /// Runs a task of the hub's, and fails if the task panics.
    pub(super) fn supervise(
        self: &Arc<Self>,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let (task, health) = (tokio::spawn(task), Arc::downgrade(self));
        tokio::spawn(async move {
            let ended = task.await;
            if let Some(health) = health.upgrade()
                && ended.is_err_and(|error| error.is_panic())
            {
                tracing::error!(task = name, "a task has failed");
                health.fail();
            }
        });
    }
}
