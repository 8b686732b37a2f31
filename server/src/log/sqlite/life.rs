//! The writer's state: running, closed or failed, and its present errors.

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::log::error::LogError;

/// The time in which the writer finishes the jobs that were queued before the log was closed. Together with
/// the earlier waits of a stopping server, this stays below the promised five seconds.
const FINISHING_TIME: Duration = Duration::from_secs(2);

/// The time for which [`Log::close`](crate::log::Log::close) waits for a writer that is stuck in the operating system.
pub(super) const CLOSE_TIME: Duration = Duration::from_secs(4);

/// A stage of the writer's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The writer takes drafts.
    Running,
    /// The log was closed, and its files are complete.
    Closed,
    /// The writer ended although the log was not closed.
    Failed,
}

/// The writer's state, shared by the writer and its callers.
pub(super) struct Life {
    stage: watch::Sender<Stage>,
    /// The deadline for closing, set when the log is told to close.
    deadline: Mutex<Option<Instant>>,
    /// The error of the last group; cleared by the next successful write.
    trouble: Mutex<Option<LogError>>,
    /// The error of the last read of each kind; cleared by a successful read of the same kind.
    read_trouble: [Mutex<Option<LogError>>; 3],
}

/// The kind of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadKind {
    /// Entries in log order.
    Entries,
    /// Pages of history, newest first.
    Messages,
    /// The list of rooms.
    Rooms,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Running),
            deadline: Mutex::default(),
            trouble: Mutex::default(),
            read_trouble: Default::default(),
        }
    }
}

impl Life {
    /// Marks the log as closing: it takes no more drafts.
    pub(super) fn begin_closing(&self) {
        self.deadline.lock().get_or_insert_with(|| Instant::now() + FINISHING_TIME);
    }

    /// Whether the log is being closed.
    pub(super) fn is_closing(&self) -> bool {
        self.deadline.lock().is_some()
    }

    /// Whether the deadline for closing has passed.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.deadline.lock().is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Notes that the writer has ended.
    pub(super) fn end(&self, stage: Stage) {
        // The first stage counts: a writer that failed cannot be closed in order afterwards.
        self.stage.send_if_modified(|now| {
            let is_first = *now == Stage::Running;
            if is_first {
                *now = stage;
            }
            is_first
        });
    }

    /// Waits for the writer's end; resolves with its last stage.
    pub(super) fn ended(&self) -> impl Future<Output = Stage> + Send + 'static {
        let mut stage = self.stage.subscribe();
        async move {
            match stage.wait_for(|stage| *stage != Stage::Running).await {
                Ok(stage) => *stage,
                Err(_) => Stage::Closed,
            }
        }
    }

    /// Notes the error of a group; `None` means that writes succeed again.
    pub(super) fn set_trouble(&self, trouble: Option<LogError>) {
        *self.trouble.lock() = trouble;
    }

    /// Notes the outcome of a read. An overload says nothing about the storage and is ignored.
    pub(super) fn was_read<T>(&self, kind: ReadKind, read: &Result<T, LogError>) {
        let trouble = match read {
            Ok(_) => None,
            Err(error @ (LogError::Unavailable(_) | LogError::Full)) => Some(error.clone()),
            Err(_) => return,
        };
        *self.read_trouble[kind as usize].lock() = trouble;
    }

    /// The error of reads, if reads fail at present.
    pub(super) fn read_trouble(&self) -> Option<LogError> {
        self.read_trouble.iter().find_map(|trouble| trouble.lock().clone())
    }

    /// The error of the last group, if it failed.
    pub(super) fn trouble(&self) -> Option<LogError> {
        self.trouble.lock().clone()
    }
}
