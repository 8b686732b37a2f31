//! The jobs that the writer is given, and the state that it shares with the callers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use holdline_shared::{RoomName, Seq};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::life::Life;
use crate::access::AccessHandle;
use crate::log::draft::Draft;
use crate::log::engine::{CommitObserver, Follower, RoomInUse};
use crate::log::error::LogError;
use crate::log::outcome::Outcome;
use crate::log::retention::Retention;

/// State that the writer publishes.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) life: Arc<Life>,
    pub(super) head: AtomicU64,
    /// The lock that the writer holds from before a commit until its entries, and what they change about readers, are published.
    pub(super) publishing: Mutex<()>,
    pub(super) follower: Mutex<Option<Follower>>,
    pub(super) commit_observer: OnceLock<CommitObserver>,
    pub(super) access: AccessHandle,
}

impl Shared {
    /// Notes a position that a reader has seen. A reader can see a commit a moment before the writer publishes it, and
    /// waits for that moment's end: only then a scope knows what the entries change. If the writer failed meanwhile, what
    /// the reader saw is durable nevertheless, so the head follows: no position that was handed out is ever beyond it.
    pub(super) fn saw(&self, upto: Seq) {
        if self.head.load(Ordering::Acquire) < upto.0 {
            drop(self.publishing.lock());
            self.head.fetch_max(upto.0, Ordering::AcqRel);
        }
    }
}

/// A job for the writer.
pub(super) enum Job {
    Append {
        draft: Draft,
        reply: Reply<Outcome>,
    },
    Prune {
        retention: Retention,
        reply: Reply<bool>,
    },
    /// Remove those of these rooms that are still empty and idle; answers whether one of them has to be
    /// checked again later.
    Expire {
        rooms: Vec<RoomName>,
        idle: Duration,
        is_in_use: RoomInUse,
        reply: Reply<bool>,
    },
    /// Tell the follower of all entries after this position, and of every later change.
    Follow {
        after: Seq,
        follower: Follower,
        reply: Reply<()>,
    },
    /// Find out whether a group could be committed now.
    Probe {
        reply: Reply<()>,
    },
    /// Check whether the log is being closed.
    Wake,
}

/// The channel on which the writer answers a job.
pub(super) type Reply<T> = oneshot::Sender<Result<T, LogError>>;

impl Job {
    /// Answers the job with an error.
    pub(super) fn refuse(self, error: &LogError) {
        match self {
            Self::Append { reply, .. } => answer(reply, Err(error.clone())),
            Self::Prune { reply, .. } | Self::Expire { reply, .. } => answer(reply, Err(error.clone())),
            Self::Follow { reply, .. } | Self::Probe { reply } => answer(reply, Err(error.clone())),
            Self::Wake => {}
        }
    }
}

/// Sends the answer, if the caller still waits. A publisher that gave up learns the outcome when it retries
/// with the same key.
pub(super) fn answer<T>(reply: Reply<T>, outcome: Result<T, LogError>) {
    let _ = reply.send(outcome);
}
