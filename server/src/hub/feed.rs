//! A feed: the newest entries of one room, or of all rooms together, the wait lists to notify of more, and the answers that
//! polls share. Knows neither topics nor people, and never reads the log.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use holdline_shared::{Epoch, RoomName, RoomSelection, Seq};

use super::ready_set::ReadyToken;
use super::sync::Mutex;
use crate::log::StoredEntry;
use crate::scope::Scope;

/// What a wait list waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum WaitKey {
    AllRooms,
    Room(RoomName),
}

impl WaitKey {
    /// Whether a reader may wait here. For all rooms everybody may wait, and hears of those that they may read.
    pub(super) fn is_within(&self, scope: &Scope) -> bool {
        match self {
            Self::AllRooms => true,
            Self::Room(name) => scope.allows(name),
        }
    }

    /// Whether a reader is answered the same here as everybody else.
    pub(super) fn is_shared_within(&self, scope: &Scope) -> bool {
        match self {
            Self::AllRooms => scope.allows_every_room(),
            Self::Room(_) => true,
        }
    }
}

/// Entries in log order, as far back as they are cached.
pub(super) struct Feed {
    key: WaitKey,
    /// The life of the log that the entries are of. A log that was replaced has other feeds.
    epoch: Epoch,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    head: Seq,
    /// All entries after `floor`.
    recent: VecDeque<Arc<StoredEntry>>,
    floor: Seq,
    /// Whether the room is gone, with everything in it.
    is_removed: bool,
    /// Wait lists to notify at the next change, and then no more.
    watchers: Vec<ReadyToken>,
    /// The last answers that were encoded: without presence, and with.
    shared: [Option<SharedAnswer>; 2],
}

/// Names a state of presence; see [`presence`](super::presence).
pub(super) type Tag = u64;

/// An answer for every poll that asks from the same position and has to be told the same of presence.
struct SharedAnswer {
    after: Seq,
    presence: Option<Tag>,
    /// The feed's head when the answer was made; it is stale once the feed has grown.
    head: Seq,
    upto: Seq,
    body: Bytes,
}

/// What a feed has after a position.
pub(super) enum Collected {
    Nothing,
    /// The position is older than what is cached; the log has to be read.
    NotCached,
    /// The room is gone.
    Removed,
    /// Entries, at least one.
    Entries(Vec<Arc<StoredEntry>>),
}

impl State {
    fn evict(&mut self, seq: Seq) {
        while self.recent.front().is_some_and(|entry| entry.seq <= seq) {
            self.recent.pop_front();
        }
        self.floor = self.floor.max(seq);
    }
}

impl Feed {
    /// A feed that stands at `head`, with nothing cached of what is before `floor`.
    pub(super) fn new(key: WaitKey, epoch: Epoch, head: Seq, floor: Seq) -> Self {
        Self { key, epoch, state: Mutex::new(State { head, floor, ..State::default() }) }
    }

    pub(super) fn key(&self) -> &WaitKey {
        &self.key
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Adds an entry. Watchers are notified separately, once the hub's head has moved.
    pub(super) fn push(&self, entry: &Arc<StoredEntry>) {
        let mut state = self.state.lock();
        state.head = entry.seq;
        state.shared = [None, None];
        state.recent.push_back(entry.clone());
    }

    /// Drops entries up to `seq` from the cache.
    pub(super) fn evict(&self, seq: Seq) {
        self.state.lock().evict(seq);
    }

    /// Drops entries up to `seq`, and answers that have some of them, because the log has removed them.
    pub(super) fn prune(&self, seq: Seq) {
        let mut state = self.state.lock();
        state.evict(seq);
        state.shared = [None, None];
    }

    /// The cached entry at this position.
    pub(super) fn find(&self, seq: Seq) -> Option<Arc<StoredEntry>> {
        let state = self.state.lock();
        let index = state.recent.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
        state.recent.get(index).cloned()
    }

    /// Puts another form of a cached entry in its place.
    pub(super) fn replace(&self, entry: &Arc<StoredEntry>) {
        let mut state = self.state.lock();
        state.shared = [None, None];
        if let Ok(index) = state.recent.binary_search_by_key(&entry.seq, |entry| entry.seq) {
            state.recent[index] = entry.clone();
        }
    }

    /// Removes everything, because the room is gone. Watchers are notified separately.
    pub(super) fn remove(&self) {
        let mut state = self.state.lock();
        let watchers = std::mem::take(&mut state.watchers);
        *state = State { is_removed: true, watchers, ..State::default() };
    }

    /// Whether there is anything after this position, cached or not.
    pub(super) fn is_beyond(&self, after: Seq) -> bool {
        self.state.lock().head > after
    }

    /// The entries after `after` and up to `upto` that may be read, at most `limit`.
    pub(super) fn collect(&self, scope: &Scope, after: Seq, upto: Seq, limit: usize) -> Collected {
        let state = self.state.lock();
        if state.is_removed {
            return Collected::Removed;
        }
        if state.head <= after {
            return Collected::Nothing;
        }
        if after < state.floor {
            return Collected::NotCached;
        }
        let start = state.recent.partition_point(|entry| entry.seq <= after);
        let recent = state.recent.range(start..).take_while(|entry| entry.seq <= upto);
        let found: Vec<_> = recent.filter(|entry| scope.allows(&entry.room)).take(limit).cloned().collect();
        if found.is_empty() { Collected::Nothing } else { Collected::Entries(found) }
    }

    /// The answer that another poll got which asked the same, and how far it reaches.
    pub(super) fn shared_answer(&self, after: Seq, presence: Option<Tag>) -> Option<(Bytes, Seq)> {
        let state = self.state.lock();
        let shared = state.shared[usize::from(presence.is_some())].as_ref()?;
        let is_same = shared.after == after && shared.presence == presence && shared.head == state.head;
        is_same.then(|| (shared.body.clone(), shared.upto))
    }

    /// Keeps an answer for others that ask the same, unless the feed has grown beyond it or lost some of its entries.
    pub(super) fn share_answer(&self, after: Seq, presence: Option<Tag>, upto: Seq, body: &Bytes) {
        let mut state = self.state.lock();
        let head = state.head;
        if head <= upto && after >= state.floor {
            let shared = SharedAnswer { after, presence, head, upto, body: body.clone() };
            state.shared[usize::from(presence.is_some())] = Some(shared);
        }
    }

    /// Makes this token a watcher: it is notified of the next change. Register before looking.
    pub(super) fn register(&self, token: &ReadyToken) {
        let mut state = self.state.lock();
        if !state.watchers.contains(token) {
            state.watchers.push(token.clone());
        }
    }

    /// Removes a watcher. A token that was notified meanwhile is none any more.
    pub(super) fn unregister(&self, token: &ReadyToken) {
        self.state.lock().watchers.retain(|watcher| watcher != token);
    }

    /// Whether anyone watches.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.state.lock().watchers.is_empty()
    }

    /// How many watchers are registered.
    #[cfg(test)]
    pub(super) fn watchers(&self) -> usize {
        self.state.lock().watchers.len()
    }

    /// Says "look again" to all watchers.
    pub(super) fn notify(&self) {
        let watchers = std::mem::take(&mut self.state.lock().watchers);
        watchers.iter().for_each(ReadyToken::notify);
    }
}

/// The rooms of these feeds, by name.
pub(super) fn selection(feeds: &[Arc<Feed>]) -> RoomSelection {
    let names = feeds.iter().map(|feed| match feed.key() {
        WaitKey::AllRooms => None,
        WaitKey::Room(name) => Some(name.clone()),
    });
    names.collect::<Option<_>>().map_or(RoomSelection::All, RoomSelection::Named)
}
