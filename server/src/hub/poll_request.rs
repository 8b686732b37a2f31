//! The request that begins a poll in a keeper, and the completed poll that the keeper hands back to be answered.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{Epoch, RoomSelection, Seq};

use super::collect::Found;
use super::error::PollError;
use super::feed::{Feed, WaitKey};
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
    pub(super) epoch: Epoch,
    pub(super) after: Seq,
    pub(super) found: Found,
    /// Whether presence has changed for the poll's person. A shared answer contains the change already.
    pub(super) has_news: bool,
    pub(super) view: View,
}

/// The part of the hub that a completed poll asked for, and the reader's scope, which is asked again when entries and
/// presence are in hand.
pub(super) struct View {
    pub(super) scope: Scope,
    pub(super) feeds: Feeds,
    pub(super) presence: Option<Box<PresenceLease>>,
}

/// The extent to which a reader may see its view at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    /// The view has every entry.
    Full,
    /// The entries of some rooms; the view is of all.
    Filtered,
    /// Nothing: a room whose presence the view includes is hidden. The next poll leaves this room out.
    None,
}

impl View {
    /// Decides what the reader may see of the view at this moment; an error if a room that the poll named is hidden. Ends the
    /// person's presence in hidden rooms.
    pub(super) fn visibility(&self) -> Result<Visibility, PollError> {
        if !self.scope.hides_rooms() {
            return Ok(Visibility::Full);
        }
        let hidden = |key: &&WaitKey| !key.is_within(&self.scope);
        let is_shown = self.presence.as_ref().is_none_or(|presence| presence.withdraw_beyond(&self.scope));
        if let Some(key) = self.feeds.as_slice().iter().map(|feed| feed.key()).find(hidden) {
            return Err(PollError::hidden(key, &self.scope));
        }
        Ok(match self.feeds.as_slice() {
            _ if !is_shown => Visibility::None,
            [feed] if *feed.key() == WaitKey::AllRooms => Visibility::Filtered,
            _ => Visibility::Full,
        })
    }

    /// The present state of the view's presence.
    pub(super) fn presence_update(&self) -> Option<PresenceUpdate> {
        self.presence.as_ref().map(|presence| presence.update())
    }
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
