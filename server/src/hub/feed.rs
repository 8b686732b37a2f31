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

/// The feed that a wait list waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum WaitKey {
    AllRooms,
    Room(RoomName),
}

impl WaitKey {
    /// Whether a reader with this scope may wait for the feed. Every reader who is in may wait for all rooms, and receives the
    /// entries that the scope allows.
    pub(super) fn is_within(&self, scope: &Scope) -> bool {
        match self {
            Self::AllRooms => !scope.is_over(),
            Self::Room(name) => scope.allows(name),
        }
    }

    /// Whether some of the feed's entries are hidden from a reader who may wait for it.
    pub(super) fn is_filtered_by(&self, scope: &Scope) -> bool {
        matches!(self, Self::AllRooms) && scope.hides_rooms()
    }
}

/// Entries in log order, as far back as they are cached.
pub(super) struct Feed {
    key: WaitKey,
    /// The incarnation of the log that the entries belong to. A replaced log has new feeds.
    epoch: Epoch,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    head: Seq,
    /// The cached entries: all after `evicted`.
    recent: VecDeque<Arc<StoredEntry>>,
    evicted: Seq,
    /// Whether the room is gone, with everything in it.
    is_removed: bool,
    /// The wait lists to notify of the next change, once.
    watchers: Vec<ReadyToken>,
    /// The last encoded answers: without presence, and with.
    shared: [Option<SharedAnswer>; 2],
}

/// The tag of a state of presence; see [`presence`](super::presence).
pub(super) type Tag = u64;

/// An answer for all polls from the same position with the same change of presence.
struct SharedAnswer {
    after: Seq,
    presence: Option<Tag>,
    /// The feed's head when the answer was made; it is stale once the feed has grown.
    head: Seq,
    upto: Seq,
    body: Bytes,
}

/// The entries that a feed has after a position.
pub(super) enum Collected {
    Nothing,
    /// The position is before the oldest cached entry; the log has to be read.
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
        self.evicted = self.evicted.max(seq);
    }
}

impl Feed {
    /// Makes a feed that ends at `head` and has no entries up to `evicted` in its cache.
    pub(super) fn new(key: WaitKey, epoch: Epoch, head: Seq, evicted: Seq) -> Self {
        Self { key, epoch, state: Mutex::new(State { head, evicted, ..State::default() }) }
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

    /// Replaces a cached entry by another form of it.
    pub(super) fn replace(&self, entry: &Arc<StoredEntry>) {
        let mut state = self.state.lock();
        state.shared = [None, None];
        if let Ok(index) = state.recent.binary_search_by_key(&entry.seq, |entry| entry.seq) {
            state.recent[index] = entry.clone();
        }
    }

    /// Removes all entries, because the room is gone. Watchers are notified separately.
    pub(super) fn remove(&self) {
        let mut state = self.state.lock();
        let watchers = std::mem::take(&mut state.watchers);
        *state = State { is_removed: true, watchers, ..State::default() };
    }

    /// Whether the feed has entries after this position, cached or not.
    pub(super) fn is_beyond(&self, after: Seq) -> bool {
        self.state.lock().head > after
    }

    /// The entries after `after` and up to `upto`, at most `limit`; with a filter those alone that it allows.
    pub(super) fn collect(&self, filter: Option<&Scope>, after: Seq, upto: Seq, limit: usize) -> Collected {
        let state = self.state.lock();
        if state.is_removed {
            return Collected::Removed;
        }
        if state.head <= after {
            return Collected::Nothing;
        }
        if after < state.evicted {
            return Collected::NotCached;
        }
        let start = state.recent.partition_point(|entry| entry.seq <= after);
        let recent = state.recent.range(start..).take_while(|entry| entry.seq <= upto);
        let is_shown = |entry: &&Arc<StoredEntry>| filter.is_none_or(|scope| scope.allows(&entry.room));
        let found: Vec<_> = recent.filter(is_shown).take(limit).cloned().collect();
        if found.is_empty() { Collected::Nothing } else { Collected::Entries(found) }
    }

    /// The answer of another poll that asked the same, with the position that it reaches.
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
        if head <= upto && after >= state.evicted {
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

    /// Removes a watcher. A token that was notified meanwhile is no watcher any more.
    pub(super) fn unregister(&self, token: &ReadyToken) {
        self.state.lock().watchers.retain(|watcher| watcher != token);
    }

    /// Whether the feed has watchers.
    pub(super) fn is_waited_for(&self) -> bool {
        !self.state.lock().watchers.is_empty()
    }

    /// The number of watchers.
    #[cfg(test)]
    pub(super) fn watchers(&self) -> usize {
        self.state.lock().watchers.len()
    }

    /// Notifies and removes all watchers.
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
