//! One room in the hub: where it stands, its recent entries, who waits for it, and the answer they share.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::task::Waker;

use bytes::Bytes;
use holdline_shared::{EntryKind, RoomName, RoomSummary, Seq, Timestamp, Topic};

use super::sync::Mutex;
use super::waiters::{Place, Waiters};
use crate::log::{Committed, LoggedRoom};

/// A room, or all of them together.
pub(super) struct Room {
    name: RoomName,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    topic: Topic,
    head: Seq,
    at: Timestamp,
    /// All entries of the room after `floor`, in log order.
    recent: VecDeque<Arc<Committed>>,
    floor: Seq,
    /// The edits among them: message and edit, and the same in log order the other way round.
    edits: BTreeSet<(Seq, Seq)>,
    edited: VecDeque<(Seq, Seq)>,
    /// Whether the room is gone, with everything in it.
    is_removed: bool,
    waiters: Waiters,
    shared: Option<SharedAnswer>,
}

/// The answer that was last encoded, for everyone who asks from the same position.
struct SharedAnswer {
    after: Seq,
    /// The room's head when it was made; it is stale once the room has grown.
    head: Seq,
    upto: Seq,
    body: Bytes,
}

/// What a look at a room finds.
pub(super) enum Look {
    /// Nothing after the position.
    Nothing,
    /// The position is older than what is at hand; the log has to be read.
    TooOld,
    /// The room is gone.
    Removed,
    /// Entries, at least one.
    Found(Vec<Arc<Committed>>),
}

impl Room {
    /// A room as the log knows it, with nothing at hand yet.
    pub(super) fn restore(logged: LoggedRoom) -> Self {
        let LoggedRoom { name, topic, head, at } = logged;
        Self { name, state: Mutex::new(State { topic, head, at, floor: head, ..State::default() }) }
    }

    /// A room that is just being made. What an earlier one of that name had ended at `floor` or before.
    pub(super) fn new(name: RoomName, floor: Seq) -> Self {
        Self { name, state: Mutex::new(State { floor, ..State::default() }) }
    }

    /// Its name; every entry that is kept here shares it.
    pub(super) fn name(&self) -> RoomName {
        self.name.clone()
    }

    /// Its newest entry.
    pub(super) fn head(&self) -> Seq {
        self.state.lock().head
    }

    /// The room that stands for all of them.
    pub(super) fn everything(head: Seq) -> Self {
        let state = State { head, floor: head, ..State::default() };
        Self { name: RoomName::lobby(), state: Mutex::new(state) }
    }

    /// Takes a new entry, of which `kept` is the form to keep. Whoever waits is woken separately, once the hub's head has
    /// moved.
    pub(super) fn push(&self, entry: &Committed, kept: &Arc<Committed>) {
        let mut state = self.state.lock();
        state.head = entry.seq;
        state.shared = None;
        if let Some(entry) = entry.entry() {
            state.at = entry.at;
            if let EntryKind::Room { topic } = &entry.kind {
                state.topic = topic.clone();
            }
        }
        state.recent.push_back(kept.clone());
    }

    /// Remembers which of the recent entries is an edit of which message.
    pub(super) fn note_edit(&self, edit: Seq, message: Seq) {
        let mut state = self.state.lock();
        state.edits.insert((message, edit));
        state.edited.push_back((edit, message));
    }

    /// Forgets the oldest recent entry, which is `seq`.
    pub(super) fn forget(&self, seq: Seq) {
        let mut state = self.state.lock();
        while state.recent.front().is_some_and(|entry| entry.seq <= seq) {
            state.recent.pop_front();
        }
        state.floor = state.floor.max(seq);
        while let Some(&(edit, message)) = state.edited.front()
            && edit <= seq
        {
            state.edited.pop_front();
            state.edits.remove(&(message, edit));
        }
    }

    /// Takes the room away from those who look at it. They are woken separately.
    pub(super) fn remove(&self) {
        let mut state = self.state.lock();
        let waiters = std::mem::take(&mut state.waiters);
        *state = State { is_removed: true, waiters, ..State::default() };
    }

    /// Whether somebody waits for it.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.state.lock().waiters.is_empty()
    }

    /// A message and its edits, as far as they are recent.
    pub(super) fn message_and_edits(&self, message: Seq) -> Vec<Arc<Committed>> {
        let state = self.state.lock();
        let edits = state.edits.range((message, Seq::START)..=(message, Seq(u64::MAX)));
        let seqs = std::iter::once(message).chain(edits.map(|(_, edit)| *edit));
        let found = seqs.filter_map(|seq| {
            let index = state.recent.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
            state.recent.get(index).cloned()
        });
        found.collect()
    }

    /// Puts another form of a recent entry in its place.
    pub(super) fn replace(&self, entry: &Arc<Committed>) {
        let mut state = self.state.lock();
        if let Ok(index) = state.recent.binary_search_by_key(&entry.seq, |entry| entry.seq) {
            state.recent[index] = entry.clone();
        }
    }

    /// The oldest recent entry.
    pub(super) fn oldest(&self) -> Option<Arc<Committed>> {
        self.state.lock().recent.front().cloned()
    }

    /// Whether there is anything after this position, at hand or not.
    pub(super) fn is_beyond(&self, after: Seq) -> bool {
        self.state.lock().head > after
    }

    /// Looks for entries after `after` and up to `upto`, at most `limit`.
    pub(super) fn look(&self, after: Seq, upto: Seq, limit: usize) -> Look {
        let state = self.state.lock();
        if state.is_removed {
            return Look::Removed;
        }
        if state.head <= after {
            return Look::Nothing;
        }
        if after < state.floor {
            return Look::TooOld;
        }
        let start = state.recent.partition_point(|entry| entry.seq <= after);
        let found: Vec<_> =
            state.recent.range(start..).take_while(|entry| entry.seq <= upto).take(limit).cloned().collect();
        if found.is_empty() { Look::Nothing } else { Look::Found(found) }
    }

    /// The answer that somebody else at the same position got already, and how far it reaches.
    pub(super) fn shared_answer(&self, after: Seq) -> Option<(Bytes, Seq)> {
        let state = self.state.lock();
        let shared = state.shared.as_ref()?;
        (shared.after == after && shared.head == state.head).then(|| (shared.body.clone(), shared.upto))
    }

    /// Keeps an answer for others at the same position, unless the room has grown beyond it.
    pub(super) fn share_answer(&self, after: Seq, upto: Seq, body: &Bytes) {
        let mut state = self.state.lock();
        let head = state.head;
        if head <= upto {
            state.shared = Some(SharedAnswer { after, head, upto, body: body.clone() });
        }
    }

    /// Takes a place in the waiting list, or keeps the one that is held.
    pub(super) fn join(&self, place: Option<Place>, waker: &Waker) -> Place {
        let mut state = self.state.lock();
        if let Some(place) = place {
            if state.waiters.holds(place, waker) {
                return place;
            }
            state.waiters.leave(place);
        }
        state.waiters.join(waker.clone())
    }

    /// Gives a place back.
    pub(super) fn leave(&self, place: Place) {
        self.state.lock().waiters.leave(place);
    }

    /// How many edits the index has.
    #[cfg(test)]
    pub(super) fn edits_indexed(&self) -> usize {
        let state = self.state.lock();
        assert_eq!(state.edits.len(), state.edited.len());
        state.edits.len()
    }

    /// How many wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state.lock().waiters.len()
    }

    /// Says "look again" to everyone who waits.
    pub(super) fn wake(&self) {
        let all = self.state.lock().waiters.take_all();
        all.into_iter().flatten().for_each(Waker::wake);
    }

    /// For the list of rooms; who is here is for others to say.
    pub(super) fn summary(&self) -> RoomSummary {
        let state = self.state.lock();
        let (topic, head, at) = (state.topic.clone(), state.head, state.at);
        RoomSummary { name: self.name.clone(), topic, head, at, here: 0 }
    }
}
