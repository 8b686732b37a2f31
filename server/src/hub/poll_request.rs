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

/// Where a poll begins and how long it may be held.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    /// The rooms that the poll may read. Checked again when it is answered.
    pub(super) scope: Scope,
    /// The life of the log that the position is in.
    pub(crate) epoch: Epoch,
    /// The position that the client has reached.
    pub(crate) after: Seq,
    pub(crate) wait: Duration,
    /// Whether the server is full, and `wait` less than was asked.
    pub(crate) is_shortened: bool,
}

/// A new poll.
pub(crate) struct PollRequest<'a> {
    pub(crate) rooms: &'a RoomSelection,
    pub(crate) admitted: Admitted,
    /// Marks the poll's person as here while it is held.
    pub(crate) presence: Option<PresenceLease>,
}

/// The result of beginning a poll.
pub(crate) enum Begin<K> {
    /// The poll is held.
    Held(HeldId),
    /// The poll is complete at once.
    Completed(Completed<K>),
}

/// A poll that can be answered.
pub(crate) struct Completed<K> {
    pub(super) key: K,
    pub(super) scope: Scope,
    pub(super) epoch: Epoch,
    pub(super) after: Seq,
    pub(super) found: Found,
    /// News of presence; none with a shared answer, which has them already.
    pub(super) presence: Option<PresenceUpdate>,
    pub(super) feeds: Feeds,
}

/// The feeds that a poll is about.
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
    /// Whether the log has to be read to answer it.
    pub(crate) fn needs_log(&self) -> bool {
        matches!(self.found, Found::NotCached)
    }
}
