//! A keeper of held polls. Each event loop has its own; the hub drives one for the polls of tasks.
//!
//! The rule is: register, look, sleep, look. All polls of a keeper that wait for the same room share a wait
//! list, which is registered with the room once, and passed as a whole after a notification. Only the room
//! that is looked at is locked. The keeper neither reads the log nor keeps time: its owner reads, and calls
//! [`HeldPolls::expire`].

use std::slice::from_ref;
use std::sync::Arc;
use std::task::Waker;

use holdline_shared::{Cursor, Epoch, RoomSelection, Seq};
use slab::Slab;
use tokio::time::Instant;

use super::coalescer::Coalescer;
use super::collect::{Found, Reuse};
use super::error::PollError;
use super::feed::{Feed, WaitKey};
use super::poll_request::{Admitted, Begin, Completed, Feeds, PollRequest, View};
use super::presence::PresenceLease;
use super::state::{HubState, wait_keys};
use super::sync::{Ordering, now};
use super::wait_list::{HeldId, MultiRoom, Registration, index};
use super::wait_lists::WaitLists;
use crate::scope::Scope;

/// The held polls of one thread, each identified by a `K` of the thread's choice.
pub(crate) struct HeldPolls<K> {
    state: Arc<HubState>,
    polls: Slab<Held<K>>,
    lists: WaitLists,
}

struct Held<K> {
    key: K,
    scope: Scope,
    after: Seq,
    registration: Registration,
    presence: Option<Box<PresenceLease>>,
}

/// The result of a look, and whether presence has changed for the poll's person.
type Finding = (Found, bool);

impl<K> HeldPolls<K> {
    /// Makes an empty keeper. `owner` is woken when [`HeldPolls::deliver_ready`] has something to do.
    pub(super) fn new(state: Arc<HubState>, owner: Waker) -> Self {
        Self { state, polls: Slab::new(), lists: WaitLists::new(owner) }
    }

    /// Completes a poll at once if entries or presence are ready for it, or if it may not wait; holds it otherwise. During
    /// the pause after a round of answers, polls of that round wait for its end even if entries are ready.
    pub(crate) fn begin(
        &mut self,
        key: K,
        request: PollRequest<'_>,
        now: Instant,
    ) -> Result<Begin<K>, PollError> {
        let PollRequest { rooms, admitted, presence } = request;
        let Admitted { scope, epoch, after, wait, is_shortened } = admitted;
        let may_wait = !wait.is_zero();
        let presence = presence.map(Box::new);
        let begin = if may_wait
            && let Some(list) = self.only_list(rooms, presence.as_deref())
            && self.lists[list].feed.key().is_within(&scope)
        {
            self.is_of(epoch, from_ref(&self.lists[list].feed))?;
            self.begin_in_list(key, list, (scope, after), presence, now)
        } else {
            let keys = wait_keys(rooms);
            let feeds = keys.iter().map(|key| self.find(key, &scope)).collect::<Result<Vec<_>, _>>()?;
            self.is_of(epoch, &feeds)?;
            self.begin_anywhere(key, &keys, feeds, (scope, after), presence, may_wait.then_some(now))
        };
        if is_shortened && matches!(begin, Begin::Held(_)) {
            self.state.metrics.polls_shortened.increment(1);
        }
        Ok(begin)
    }

    /// The list for the most frequent kind of poll: one room, which has a list already, and presence in no
    /// other room.
    fn only_list(&self, rooms: &RoomSelection, presence: Option<&PresenceLease>) -> Option<u32> {
        let RoomSelection::Named(names) = rooms else { return None };
        let [name] = names.as_slice() else { return None };
        let list = self.lists.find(&WaitKey::Room(name.clone()))?;
        let is_within = |presence: &PresenceLease| presence.is_within(&self.lists[list].feed);
        presence.is_none_or(is_within).then_some(list)
    }

    fn begin_in_list(
        &mut self,
        key: K,
        list: u32,
        (scope, after): (Scope, Seq),
        presence: Option<Box<PresenceLease>>,
        now: Instant,
    ) -> Begin<K> {
        if !self.lists.defers(list, after, now, self.state.is_closing()) {
            let feed = &self.lists[list].feed;
            if let Some(finding) = self.check(from_ref(feed), &scope, after, presence.as_deref(), false) {
                let (epoch, feeds) = (feed.epoch(), Feeds::One(feed.clone()));
                return Begin::Completed(complete(
                    key,
                    (epoch, after),
                    finding,
                    View { scope, feeds, presence },
                ));
            }
        }
        // The list is registered, so later changes are not missed.
        let slot = self.lists[list].add(list, index(self.polls.vacant_key()));
        Begin::Held(self.insert(Held { key, scope, after, registration: Registration::One(slot), presence }))
    }

    /// Begins any other poll. Without `now` the poll must not wait.
    fn begin_anywhere(
        &mut self,
        key: K,
        keys: &[WaitKey],
        feeds: Vec<Arc<Feed>>,
        (scope, after): (Scope, Seq),
        presence: Option<Box<PresenceLease>>,
        now: Option<Instant>,
    ) -> Begin<K> {
        let known: Vec<_> = keys.iter().filter_map(|key| self.lists.find(key)).collect();
        let is_closing = self.state.is_closing();
        let is_deferred = now
            .is_some_and(|now| known.into_iter().any(|list| self.lists.defers(list, after, now, is_closing)));
        if !is_deferred
            && let Some(finding) = self.check(&feeds, &scope, after, presence.as_deref(), now.is_none())
        {
            let epoch = self.epoch_of(&feeds);
            let view = View { scope, feeds: Feeds::Several(feeds), presence };
            return Begin::Completed(complete(key, (epoch, after), finding, view));
        }
        let shown = presence.iter().flat_map(|presence| presence.feeds().cloned());
        let mut lists: Vec<u32> =
            feeds.iter().cloned().chain(shown).map(|feed| self.lists.registered(feed)).collect();
        lists.sort_unstable();
        lists.dedup();
        let id = index(self.polls.vacant_key());
        let slots: Vec<_> = lists.iter().map(|&list| self.lists[list].add(list, id)).collect();
        let registration = if let &[slot] = slots.as_slice() {
            Registration::One(slot)
        } else {
            Registration::Multi(Box::new(MultiRoom { feeds, slots }))
        };
        self.insert(Held { key, scope, after, registration, presence });
        if is_deferred {
            // Looked at when the pause is over.
            return Begin::Held(id);
        }
        // A change may have come before the lists were registered.
        match self.check_poll(&self.polls[id as usize], false) {
            Some(finding) => Begin::Completed(self.complete(id, None, finding)),
            None => Begin::Held(id),
        }
    }

    fn insert(&mut self, poll: Held<K>) -> HeldId {
        self.state.held.fetch_add(1, Ordering::Relaxed);
        index(self.polls.insert(poll))
    }

    /// Ends a poll whose time is up.
    pub(crate) fn expire(&mut self, id: HeldId) -> Option<Completed<K>> {
        let poll = self.polls.get(id as usize)?;
        let finding = self.check_poll(poll, true)?;
        Some(self.complete(id, None, finding))
    }

    /// Removes a poll whose client is gone.
    pub(crate) fn cancel(&mut self, id: HeldId) {
        if self.polls.contains(id as usize) {
            self.remove(id, None);
        }
    }

    /// Passes every notified list, and hands each completed poll to `answer`. To be called when the owner was
    /// woken, and at the time of [`HeldPolls::next_pass`].
    pub(crate) fn deliver_ready(&mut self, now: Instant, mut answer: impl FnMut(Completed<K>)) {
        let woken = self.lists.take_woken(now, self.state.is_closing());
        for list in woken {
            self.deliver_list(list, &mut answer);
        }
    }

    /// Whether a list was notified since the last call of [`HeldPolls::deliver_ready`].
    pub(crate) fn has_ready(&self) -> bool {
        self.lists.has_ready()
    }

    /// The end of the first pause.
    pub(crate) fn next_pass(&self) -> Option<Instant> {
        self.lists.next_pass()
    }

    /// Passes one list: looks again for each of its polls.
    fn deliver_list(&mut self, number: u32, answer: &mut impl FnMut(Completed<K>)) {
        let began = now();
        let Some(members) = self.lists.begin_pass(number) else { return };
        let (before, mut reached) = (self.polls.len(), Seq::START);
        // Read before the looks: entries up to here are in the feeds.
        let looked_upto = self.state.head();
        for id in members {
            let Some(poll) = self.polls.get(id as usize) else { continue };
            if let Some(finding) = self.check_poll(poll, false) {
                reached = reached.max(finding.0.upto());
                answer(self.complete(id, Some(number), finding));
            } else {
                let slot = self.lists[number].add(number, id);
                let poll = &mut self.polls[id as usize];
                poll.registration.move_slot(number, slot.index);
                if self.lists[number].feed.key().is_filtered_by(&poll.scope) {
                    // What is hidden is looked at once only.
                    poll.after = poll.after.max(looked_upto);
                }
            }
        }
        if self.polls.len() < before
            && let Some(pause) = Coalescer::after_round(began, reached)
        {
            self.lists.pause(number, pause);
        }
        self.lists.drop_if_idle(number);
    }

    fn check_poll(&self, poll: &Held<K>, is_over: bool) -> Option<Finding> {
        let feeds = match &poll.registration {
            Registration::One(slot) => from_ref(&self.lists[slot.list].feed),
            Registration::Multi(multi) => &multi.feeds,
        };
        self.check(feeds, &poll.scope, poll.after, poll.presence.as_deref(), is_over)
    }

    /// Looks once. The hold of a poll ends if its reader may no longer read one of its rooms; the answer says so.
    fn check(
        &self,
        feeds: &[Arc<Feed>],
        scope: &Scope,
        after: Seq,
        presence: Option<&PresenceLease>,
        is_over: bool,
    ) -> Option<Finding> {
        let shown = presence.into_iter().flat_map(PresenceLease::feeds);
        let is_within = |feed: &Arc<Feed>| feed.key().is_within(scope);
        if scope.hides_rooms() && !feeds.iter().chain(shown).all(is_within) {
            return Some((Found::Nothing(after), false));
        }
        let news = presence.and_then(PresenceLease::news);
        // What one reader alone is told, no answer of another poll has.
        let has_memberships = scope.membership_news().is_some();
        let reuse = if has_memberships { Reuse::Nothing } else { Reuse::Answer(news) };
        let found = self.state.check(feeds, scope, after, reuse, is_over || has_memberships)?;
        Some((found, news.is_some()))
    }

    /// The feed of a room or of all rooms; the hub is asked only if no list here waits for it.
    fn find(&self, key: &WaitKey, scope: &Scope) -> Result<Arc<Feed>, PollError> {
        let known = self.lists.find(key).map(|list| self.lists[list].feed.clone());
        let feed = known.or_else(|| self.state.feed(key));
        feed.filter(|_| key.is_within(scope)).ok_or_else(|| PollError::hidden(key, scope))
    }

    /// Refuses a position of an earlier incarnation of the log than the feeds': the log was replaced in
    /// between.
    fn is_of(&self, epoch: Epoch, feeds: &[Arc<Feed>]) -> Result<(), PollError> {
        if feeds.iter().all(|feed| feed.epoch() == epoch) {
            return Ok(());
        }
        Err(PollError::EpochChanged(Cursor { epoch: self.state.epoch(), seq: self.state.head() }))
    }

    /// The incarnation of the log to which these feeds belong.
    fn epoch_of(&self, feeds: &[Arc<Feed>]) -> Epoch {
        feeds.first().map_or_else(|| self.state.epoch(), |feed| feed.epoch())
    }

    /// Removes a completed poll, which may have left one of its lists already.
    fn complete(&mut self, id: HeldId, left: Option<u32>, finding: Finding) -> Completed<K> {
        let feeds = match &mut self.polls[id as usize].registration {
            Registration::One(slot) => Feeds::One(self.lists[slot.list].feed.clone()),
            Registration::Multi(multi) => Feeds::Several(std::mem::take(&mut multi.feeds)),
        };
        let epoch = self.epoch_of(feeds.as_slice());
        let Held { key, scope, after, presence, .. } = self.remove(id, left);
        complete(key, (epoch, after), finding, View { scope, feeds, presence })
    }

    fn remove(&mut self, id: HeldId, left: Option<u32>) -> Held<K> {
        let poll = self.polls.remove(id as usize);
        self.state.held.fetch_sub(1, Ordering::Relaxed);
        for slot in poll.registration.slots().iter().filter(|slot| Some(slot.list) != left) {
            let list = &mut self.lists[slot.list];
            list.members.swap_remove(slot.index as usize);
            if let Some(&moved) = list.members.get(slot.index as usize) {
                self.polls[moved as usize].registration.move_slot(slot.list, slot.index);
            }
            self.lists.drop_if_idle(slot.list);
        }
        poll
    }
}

fn complete<K>(key: K, (epoch, after): (Epoch, Seq), (found, has_news): Finding, view: View) -> Completed<K> {
    Completed { key, epoch, after, found, has_news, view }
}

impl<K> Drop for HeldPolls<K> {
    fn drop(&mut self) {
        self.state.held.fetch_sub(self.polls.len(), Ordering::Relaxed);
    }
}
