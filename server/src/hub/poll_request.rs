//! The request that begins a poll in a keeper, and the completed poll that the keeper hands back to be answered.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{Epoch, RoomSelection, Seq};

use super::collect::Found;
use super::feed::Feed;
use super::presence::{PresenceLease, PresenceUpdate};
use super::wait_list::HeldId;
use crate::scope::Scope;

/// The resolved beginning of a poll, and the hold that it was granted.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// The rooms that the poll may read. Checked again when it is answered.
    pub(super) scope: Scope,
    /// The incarnation of the log to which the position belongs.
    pub(crate) epoch: Epoch,
    /// The position that the client has reached.
    pub(crate) after: Seq,
    pub(crate) wait: Duration,
    /// Whether the server is full, so that `wait` is shorter than requested.
    pub(crate) is_shortened: bool,
}

/// A new poll.
pub(crate) struct PollRequest<'a> {
    pub(crate) rooms: &'a RoomSelection,
    pub(crate) admitted: Admitted,
    /// The lease that marks the poll's person as present while it is held.
    pub(crate) presence: Option<PresenceLease>,
}

/// The result of beginning a poll.
pub(crate) enum Begin<K> {
    /// The poll is held.
    Held(HeldId),
    /// The poll is complete at once.
    Completed(Completed<K>),
}

/// A poll that is ready to be answered.
pub(crate) struct Completed<K> {
    pub(super) key: K,
    pub(super) scope: Scope,
    pub(super) epoch: Epoch,
    pub(super) after: Seq,
    pub(super) found: Found,
    /// A change of presence; `None` with a shared answer, which contains it already.
    pub(super) presence: Option<PresenceUpdate>,
    pub(super) feeds: Feeds,
}

/// The feeds that a poll reads.
pub(super) enum Feeds {
    One(Arc<Feed>),
    Several(Vec<Arc<Feed>>),
}

impl Feeds {
    pub(super) fn as_slice(&self) -> &[Arc<Feed>] {
        match self {
            Self::One(feed) => from_ref(feed),
            Self::Several(feeds) => feeds,
        }
    }
}

impl<K> Completed<K> {
    /// Whether the answer needs a read of the log.
    pub(crate) fn needs_log(&self) -> bool {
        matches!(self.found, Found::NotCached)
    }
}
