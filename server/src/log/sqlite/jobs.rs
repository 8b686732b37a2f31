//! Work for the writer, and what it shares with those who hand work to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use holdline_shared::{RoomName, Seq};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::life::Life;
use crate::log::draft::Draft;
use crate::log::engine::{CommitObserver, Follower, RoomInUse};
use crate::log::error::LogError;
use crate::log::outcome::Outcome;
use crate::log::retention::Retention;

/// What the writer tells the rest.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) life: Arc<Life>,
    pub(super) head: AtomicU64,
    pub(super) follower: Mutex<Option<Follower>>,
    pub(super) commit_observer: OnceLock<CommitObserver>,
}

impl Shared {
    /// Notes a position that a reader has seen. A reader can see a commit a moment before the writer says so. What it saw is
    /// durable, so the head is there: a position that was handed out is never beyond it.
    pub(super) fn saw(&self, upto: Seq) {
        self.head.fetch_max(upto.0, Ordering::AcqRel);
    }
}

/// Work for the writer.
pub(super) enum Job {
    Append {
        draft: Draft,
        reply: Reply<Outcome>,
    },
    Prune {
        retention: Retention,
        reply: Reply<bool>,
    },
    /// Remove these rooms, as far as they may go; the answer is whether one of them has to be looked at again.
    Expire {
        rooms: Vec<RoomName>,
        idle: Duration,
        is_in_use: RoomInUse,
        reply: Reply<bool>,
    },
    /// Tell the follower of everything after this position, and of every change from then on.
    Follow {
        after: Seq,
        follower: Follower,
        reply: Reply<()>,
    },
    /// Find out whether a group could be committed now.
    Probe {
        reply: Reply<()>,
    },
    /// Look whether the log is being closed.
    Wake,
}

/// Where the writer answers.
pub(super) type Reply<T> = oneshot::Sender<Result<T, LogError>>;

impl Job {
    /// Answers that nothing comes of it.
    pub(super) fn refuse(self, error: &LogError) {
        match self {
            Self::Append { reply, .. } => answer(reply, Err(error.clone())),
            Self::Prune { reply, .. } | Self::Expire { reply, .. } => answer(reply, Err(error.clone())),
            Self::Follow { reply, .. } | Self::Probe { reply } => answer(reply, Err(error.clone())),
            Self::Wake => {}
        }
    }
}

/// Answers, unless nobody waits any more. A publisher that went away learns the outcome when it repeats its key.
pub(super) fn answer<T>(reply: Reply<T>, outcome: Result<T, LogError>) {
    let _ = reply.send(outcome);
}
