//! The wait lists of a keeper: one for each feed that its polls wait for, and each poll's slots in them.

use std::slice::from_ref;
use std::sync::Arc;
use tokio::time::Instant;

use super::coalescer::Coalescer;
use super::feed::Feed;
use super::ready_set::ReadyToken;

/// The number of a held poll, unique while it is held.
pub(crate) type HeldId = u32;

/// The polls of a keeper that wait for the same feed.
pub(super) struct WaitList {
    pub(super) feed: Arc<Feed>,
    /// The token that the feed notifies.
    token: ReadyToken,
    pub(super) members: Vec<HeldId>,
    pub(super) phase: Phase,
}

/// The phase of a list. A list registers with its feed before each pass; a notification consumes the
/// registration.
#[derive(Clone, Copy)]
pub(super) enum Phase {
    /// Nothing has changed since the last pass; the list is registered.
    Registered,
    /// The feed has notified, and the list is passed in this call.
    Woken,
    /// A pause after a round of answers. The feed has not notified since.
    Pausing(Coalescer),
    /// The feed has notified during the pause; the list is passed when the pause ends.
    Deferred(Coalescer),
}

impl WaitList {
    /// Makes a list that is not registered yet.
    pub(super) fn new(feed: Arc<Feed>, token: ReadyToken) -> Self {
        feed.register(&token);
        Self { feed, token, members: Vec::new(), phase: Phase::Registered }
    }

    /// Registers the list for its feed's next change. To be called before looking.
    pub(super) fn register(&mut self) {
        self.feed.register(&self.token);
        self.phase = Phase::Registered;
    }

    /// Removes the registration.
    pub(super) fn unregister(&self) {
        self.feed.unregister(&self.token);
    }

    /// Notes a notification. Returns whether the list has to be passed now and was not already.
    pub(super) fn wake(&mut self) -> bool {
        match self.phase {
            Phase::Registered => self.phase = Phase::Woken,
            Phase::Pausing(pause) => self.phase = Phase::Deferred(pause),
            Phase::Woken | Phase::Deferred(_) => return false,
        }
        matches!(self.phase, Phase::Woken)
    }

    /// The pause that the list is in.
    pub(super) fn pause(&self) -> Option<Coalescer> {
        match self.phase {
            Phase::Registered | Phase::Woken => None,
            Phase::Pausing(pause) | Phase::Deferred(pause) => Some(pause),
        }
    }

    /// Ends the pause if its time has come.
    pub(super) fn end_pause(&mut self, now: Instant, is_closing: bool) -> PauseEnd {
        let pause = match self.phase {
            Phase::Pausing(pause) | Phase::Deferred(pause) => pause,
            Phase::Registered | Phase::Woken => return PauseEnd::Over,
        };
        if now < pause.until() && !is_closing {
            return PauseEnd::GoesOn;
        }
        let was_deferred = matches!(self.phase, Phase::Deferred(_));
        self.phase = if was_deferred { Phase::Woken } else { Phase::Registered };
        if was_deferred { PauseEnd::Woken } else { PauseEnd::Over }
    }

    pub(super) fn add(&mut self, list: u32, id: HeldId) -> Slot {
        self.members.push(id);
        Slot { list, index: index(self.members.len() - 1) }
    }
}

/// The state of a pause.
pub(super) enum PauseEnd {
    GoesOn,
    /// The pause is over, and the feed has not notified.
    Over,
    /// The pause is over, and the list has to be passed.
    Woken,
}

/// The lists that a poll is in. For most polls that is one, which needs no allocation.
pub(super) enum Registration {
    One(Slot),
    Multi(Box<MultiRoom>),
}

/// The registration of a poll of several rooms, or with presence in a room that it does not read.
pub(super) struct MultiRoom {
    /// The feeds that the poll reads.
    pub(super) feeds: Vec<Arc<Feed>>,
    /// The poll's slots in the lists of these feeds, and of the rooms of its presence.
    pub(super) slots: Vec<Slot>,
}

/// A poll's place among the members of a list.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) list: u32,
    pub(super) index: u32,
}

impl Registration {
    pub(super) fn slots(&self) -> &[Slot] {
        match self {
            Self::One(slot) => from_ref(slot),
            Self::Multi(multi) => &multi.slots,
        }
    }

    /// Notes the new index of a slot in this list.
    pub(super) fn move_slot(&mut self, list: u32, index: u32) {
        let slots = match self {
            Self::One(slot) => std::slice::from_mut(slot),
            Self::Multi(multi) => &mut multi.slots,
        };
        for slot in slots.iter_mut().filter(|slot| slot.list == list) {
            slot.index = index;
        }
    }
}

/// The polls of a server fit into memory, so their number fits into u32.
pub(super) fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
