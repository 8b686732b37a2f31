//! Many held polls kept by one thread: what an event loop waits with, as `wait` is what a task waits with.
//!
//! A room has one place of ours in its waiting list, however many polls wait for it here, and all of them are gone
//! through in one pass when it is woken. The rule is the same: register, look, sleep, look. Nothing is locked but the
//! room that is looked at.

use std::collections::HashMap;
use std::slice::from_ref;
use std::sync::Arc;
use std::task::Waker;

use holdline_shared::{RoomSelection, Seq};
use slab::Slab;

use super::Hub;
use super::bells::Bells;
use super::lists::{List, Many, Source, Waits, index};
use super::room::Room;
use super::sync::{Instant, Ordering};
use super::visit::Visit;
use super::wait::{Seen, Wants};

/// The held polls of one thread, each known to it by a `K`.
pub(crate) struct HeldPolls<K> {
    hub: Arc<Hub>,
    polls: Slab<Held<K>>,
    lists: Slab<List>,
    by_source: HashMap<Source, u32>,
    bells: Arc<Bells>,
    /// Lists to be gone through once their pause is over; each of them once.
    paused: Vec<u32>,
}

/// Names a held poll for as long as it is held.
pub(crate) type HeldId = u32;

/// What a poll asks.
pub(crate) struct Question<'a> {
    pub(crate) rooms: &'a RoomSelection,
    /// The position that the client has reached.
    pub(crate) after: Seq,
    /// Who is here meanwhile.
    pub(crate) visit: Option<Visit>,
    /// Whether it wants to be held when there is nothing.
    pub(crate) may_wait: bool,
}

/// What became of a new poll.
pub(crate) enum Begun<K> {
    /// It waits.
    Held(HeldId),
    /// There was something for it at once, or it did not want to wait.
    Ended(Ended<K>),
    /// One of its rooms is not there.
    UnknownRoom,
}

/// A poll that can be answered.
pub(crate) struct Ended<K> {
    pub(crate) key: K,
    pub(crate) after: Seq,
    pub(super) seen: Seen,
    /// Its room, when it has but one.
    pub(super) room: Option<Arc<Room>>,
    /// Its rooms, when it has several.
    pub(super) rooms: Vec<Arc<Room>>,
    pub(super) visit: Option<Box<Visit>>,
}

impl<K> Drop for HeldPolls<K> {
    fn drop(&mut self) {
        self.hub.held.fetch_sub(self.polls.len(), Ordering::Relaxed);
        for (_, list) in &self.lists {
            list.leave(&self.hub);
        }
    }
}

impl<K> Ended<K> {
    /// Whether the log has to be read to answer it.
    pub(crate) fn needs_log(&self) -> bool {
        matches!(self.seen, Seen::TooOld)
    }
}

struct Held<K> {
    key: K,
    after: Seq,
    waits: Waits,
    visit: Option<Box<Visit>>,
}

impl<K: Copy> HeldPolls<K> {
    /// None yet. `ring` is called when there is something to do in [`HeldPolls::go_through`].
    pub(crate) fn new(hub: Arc<Hub>, ring: Waker) -> Self {
        Self {
            hub,
            polls: Slab::new(),
            lists: Slab::new(),
            by_source: HashMap::new(),
            bells: Arc::new(Bells::new(ring)),
            paused: Vec::new(),
        }
    }

    /// Answers a poll if there is something for it, or if it does not want to wait; holds it otherwise. Right after a
    /// round of answers even a poll for which there is something waits for the pause to end, so that there is more.
    pub(crate) fn begin(&mut self, key: K, question: Question<'_>, now: Instant) -> Begun<K> {
        if let (RoomSelection::Named(names), None, true) =
            (question.rooms, &question.visit, question.may_wait)
            && let [name] = names.as_slice()
            && let Some(&list) = self.by_source.get(&Source::Room(name.clone()))
        {
            return self.begin_beside_others(key, list, question.after, now);
        }
        let Question { rooms: selection, after, visit, may_wait } = question;
        let visit = visit.map(Box::new);
        let Some(found) = self.find(selection) else { return Begun::UnknownRoom };
        let (sources, rooms): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let is_held_back = may_wait && sources.iter().any(|source| self.holds_back(source, after, now));
        if !is_held_back && let Some(seen) = self.glance(&rooms, after, visit.as_deref(), !may_wait) {
            let room = only(&rooms).cloned();
            return Begun::Ended(Ended { key, after, seen, room, rooms, visit });
        }
        let of_rooms = sources.into_iter().zip(rooms.iter().cloned().map(Some));
        let presence = visit.iter().flat_map(|visit| visit.rooms());
        let presence = presence.map(|room| (Source::Presence(room.clone()), None));
        let lists: Vec<u32> =
            of_rooms.chain(presence).map(|(source, room)| self.registered(source, room)).collect();
        let id = index(self.polls.vacant_key());
        let waits = if let &[list] = lists.as_slice() {
            Waits::One(self.lists[list as usize].add(list, id))
        } else {
            let spots = lists.iter().map(|&list| self.lists[list as usize].add(list, id)).collect();
            Waits::Many(Box::new(Many { rooms, spots }))
        };
        self.insert(Held { key, after, waits, visit });
        if is_held_back {
            // At the end of the pause it is looked at.
            return Begun::Held(id);
        }
        // Something may have come before we were registered.
        match self.look_for(&self.polls[id as usize], false) {
            Some(seen) => Begun::Ended(self.end(id, None, seen)),
            None => Begun::Held(id),
        }
    }

    /// The same for the most frequent kind: one room, for which others wait here already, and nobody in particular.
    fn begin_beside_others(&mut self, key: K, number: u32, after: Seq, now: Instant) -> Begun<K> {
        let list = &mut self.lists[number as usize];
        let Some(room) = &list.room else { return Begun::UnknownRoom };
        if list.pace.holds_back(after, now) && room.is_beyond(after) && !self.hub.is_closing() {
            list.is_due = true;
        } else if let Some(seen) = self.hub.glance(from_ref(room), after, Wants::Answer, None, || false) {
            let (room, rooms) = (Some(room.clone()), Vec::new());
            return Begun::Ended(Ended { key, after, seen, room, rooms, visit: None });
        }
        let id = index(self.polls.vacant_key());
        let waits = Waits::One(list.add(number, id));
        self.insert(Held { key, after, waits, visit: None });
        Begun::Held(id)
    }

    fn insert(&mut self, poll: Held<K>) {
        self.polls.insert(poll);
        self.hub.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends a poll whose time is up.
    pub(crate) fn expire(&mut self, id: HeldId) -> Option<Ended<K>> {
        let poll = self.polls.get(id as usize)?;
        let seen = self.look_for(poll, true)?;
        Some(self.end(id, None, seen))
    }

    /// Forgets a poll whose client is gone.
    pub(crate) fn cancel(&mut self, id: HeldId) {
        if self.polls.contains(id as usize) {
            self.remove(id, None);
        }
    }

    /// Looks again for everyone who was woken, and answers those for whom there is something, one after the other. To
    /// be called after each ring, and when the time of [`HeldPolls::next_pass`] has come.
    pub(crate) fn go_through(&mut self, now: Instant, mut answer: impl FnMut(Ended<K>)) {
        for list in self.bells.take() {
            if let Some(list) = self.lists.get_mut(list as usize) {
                list.is_due = true;
            }
            self.pass(list, now, &mut answer);
        }
        for number in std::mem::take(&mut self.paused) {
            // Lists that pause are not dropped.
            self.lists[number as usize].is_paused = false;
            self.pass(number, now, &mut answer);
        }
    }

    /// Whether a ring has not been answered yet.
    pub(crate) fn are_rung(&self) -> bool {
        self.bells.are_rung()
    }

    /// When the first of those who pause has to be gone through.
    pub(crate) fn next_pass(&self) -> Option<Instant> {
        let lists = self.paused.iter().filter_map(|list| self.lists.get(*list as usize));
        lists.filter_map(|list| list.pace.pauses_until()).min()
    }

    /// One pass over everyone who waits for the same, if there is a reason and the time has come.
    fn pass(&mut self, number: u32, now: Instant, answer: &mut impl FnMut(Ended<K>)) {
        let Some(list) = self.lists.get_mut(number as usize) else { return };
        if list.pace.is_pausing(now) && !self.hub.is_closing() {
            self.pause(number);
            return;
        }
        if std::mem::take(&mut list.is_due) && !list.members.is_empty() {
            let began = Instant::now();
            list.register(&self.hub, &self.bells, number);
            let members = std::mem::take(&mut list.members);
            let (before, mut reached) = (self.polls.len(), Seq::START);
            for id in members {
                let Some(poll) = self.polls.get(id as usize) else { continue };
                if let Some(seen) = self.look_for(poll, false) {
                    reached = reached.max(seen.upto());
                    answer(self.end(id, Some(number), seen));
                } else {
                    let spot = self.lists[number as usize].add(number, id);
                    self.polls[id as usize].waits.move_spot(number, spot.index);
                }
            }
            if self.polls.len() < before && self.lists[number as usize].pace.after_round(began, reached) {
                self.pause(number);
            }
        }
        self.drop_if_idle(number);
    }

    fn pause(&mut self, number: u32) {
        let list = &mut self.lists[number as usize];
        if !std::mem::replace(&mut list.is_paused, true) {
            self.paused.push(number);
        }
    }

    /// Whether there is something for a poll that has to wait for the end of a pause; then it will be looked at.
    fn holds_back(&mut self, source: &Source, after: Seq, now: Instant) -> bool {
        let Some(list) = self.by_source.get(source).and_then(|list| self.lists.get_mut(*list as usize))
        else {
            return false;
        };
        let holds_back = list.pace.holds_back(after, now)
            && list.room.as_ref().is_some_and(|room| room.is_beyond(after))
            && !self.hub.is_closing();
        list.is_due |= holds_back;
        holds_back
    }

    fn look_for(&self, poll: &Held<K>, is_over: bool) -> Option<Seen> {
        match &poll.waits {
            Waits::One(spot) => {
                let room = self.lists[spot.list as usize].room.as_ref();
                self.glance(room.map_or(&[], from_ref), poll.after, None, is_over)
            }
            Waits::Many(many) => self.glance(&many.rooms, poll.after, poll.visit.as_deref(), is_over),
        }
    }

    fn glance(&self, rooms: &[Arc<Room>], after: Seq, visit: Option<&Visit>, is_over: bool) -> Option<Seen> {
        // What is told of presence is not shared with others.
        let wants = if visit.is_some_and(Visit::has_news) { Wants::Entries } else { Wants::Answer };
        self.hub.glance(rooms, after, wants, visit, || is_over)
    }

    /// The rooms by name; those that somebody waits for already are found without asking the hub.
    fn find(&self, rooms: &RoomSelection) -> Option<Vec<(Source, Arc<Room>)>> {
        let RoomSelection::Named(names) = rooms else {
            return Some(vec![(Source::Everything, self.hub.everything.clone())]);
        };
        let found = names.iter().map(|name| {
            let source = Source::Room(name.clone());
            let known = self.by_source.get(&source).and_then(|list| self.lists.get(*list as usize));
            let room = known.and_then(|list| list.room.clone()).or_else(|| self.hub.room(name))?;
            Some((source, room))
        });
        found.collect()
    }

    /// The list for a source, which will wake it from now on.
    fn registered(&mut self, source: Source, room: Option<Arc<Room>>) -> u32 {
        if let Some(&number) = self.by_source.get(&source) {
            return number;
        }
        let number = index(self.lists.vacant_key());
        let mut list = List::new(source.clone(), room);
        list.register(&self.hub, &self.bells, number);
        self.lists.insert(list);
        self.by_source.insert(source, number);
        number
    }

    /// Ends a poll, which may have left one of its lists already.
    fn end(&mut self, id: HeldId, left: Option<u32>, seen: Seen) -> Ended<K> {
        let room = match &self.polls[id as usize].waits {
            Waits::One(spot) => self.lists[spot.list as usize].room.clone(),
            Waits::Many(many) => only(&many.rooms).cloned(),
        };
        let Held { key, after, visit, waits } = self.remove(id, left);
        let rooms = match waits {
            Waits::One(_) => Vec::new(),
            Waits::Many(many) => many.rooms,
        };
        Ended { key, after, seen, room, rooms, visit }
    }

    fn remove(&mut self, id: HeldId, left: Option<u32>) -> Held<K> {
        let poll = self.polls.remove(id as usize);
        self.hub.held.fetch_sub(1, Ordering::Relaxed);
        for spot in poll.waits.spots().iter().filter(|spot| Some(spot.list) != left) {
            let list = &mut self.lists[spot.list as usize];
            list.members.swap_remove(spot.index as usize);
            if let Some(&moved) = list.members.get(spot.index as usize) {
                self.polls[moved as usize].waits.move_spot(spot.list, spot.index);
            }
            self.drop_if_idle(spot.list);
        }
        poll
    }

    fn drop_if_idle(&mut self, number: u32) {
        let list = &self.lists[number as usize];
        if list.members.is_empty() && !list.is_paused {
            let list = self.lists.remove(number as usize);
            self.by_source.remove(&list.source);
            list.leave(&self.hub);
        }
    }
}

fn only(rooms: &[Arc<Room>]) -> Option<&Arc<Room>> {
    if let [room] = rooms { Some(room) } else { None }
}
