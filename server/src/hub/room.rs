//! A room of the hub: its feed, its line in the list of rooms, the edits among its cached entries, and its
//! presence.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use holdline_shared::{EntryKind, Epoch, RoomName, RoomStanding, RoomSummary, Seq, Timestamp, Topic};

use super::feed::{Feed, WaitKey};
use super::room_presence::RoomPresence;
use super::sync::Mutex;
use crate::log::{LoggedRoom, StoredEntry};

/// A room.
pub(super) struct Room {
    name: RoomName,
    feed: Arc<Feed>,
    details: Mutex<Details>,
    presence: RoomPresence,
}

#[derive(Default)]
struct Details {
    topic: Topic,
    head: Seq,
    at: Timestamp,
    /// The newest message that is not deleted; the log's start for none.
    said: Seq,
    /// The edits among the cached entries, as pairs (message, edit), and the same pairs reversed in log
    /// order.
    edits: BTreeSet<(Seq, Seq)>,
    edited: VecDeque<(Seq, Seq)>,
}

impl Room {
    /// Makes a room as the log has it, with nothing cached.
    pub(super) fn restore(logged: LoggedRoom, epoch: Epoch) -> Self {
        let LoggedRoom { name, topic, head, at, said } = logged;
        Self::with(name, epoch, head, Details { topic, head, at, said, ..Details::default() })
    }

    /// Makes a newly created room. Entries of an earlier room of that name are at `evicted` or before.
    pub(super) fn new(name: RoomName, epoch: Epoch, evicted: Seq) -> Self {
        Self::with(name, epoch, evicted, Details::default())
    }

    fn with(name: RoomName, epoch: Epoch, evicted: Seq, details: Details) -> Self {
        let feed = Arc::new(Feed::new(WaitKey::Room(name.clone()), epoch, details.head, evicted));
        Self { feed, presence: RoomPresence::new(name.clone()), name, details: Mutex::new(details) }
    }

    /// The room's name, shared by all of its cached entries.
    pub(super) fn name(&self) -> &RoomName {
        &self.name
    }

    pub(super) fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }

    pub(super) fn presence(&self) -> &RoomPresence {
        &self.presence
    }

    /// The newest entry.
    pub(super) fn head(&self) -> Seq {
        self.details.lock().head
    }

    /// Adds a new entry; `kept` is its form for the cache.
    pub(super) fn push(&self, entry: &StoredEntry, kept: &Arc<StoredEntry>) {
        let mut details = self.details.lock();
        details.head = entry.seq;
        if let Some(decoded) = entry.entry() {
            details.at = decoded.at;
            match &decoded.kind {
                EntryKind::Room { topic, .. } => details.topic = topic.clone(),
                EntryKind::Message { text: Some(_), .. } => details.said = entry.seq,
                EntryKind::Edit { target, .. } => {
                    details.edits.insert((*target, entry.seq));
                    details.edited.push_back((entry.seq, *target));
                }
                _ => {}
            }
        }
        drop(details);
        self.feed.push(kept);
    }

    /// Notes the newest message that is left after others were deleted.
    pub(super) fn note_newest(&self, said: Seq) {
        self.details.lock().said = said;
    }

    /// Evicts entries up to `seq` from the cache.
    pub(super) fn evict(&self, seq: Seq) {
        self.feed.evict(seq);
        self.forget_edits(seq);
    }

    /// Drops entries up to `seq`, because the log has removed them.
    pub(super) fn prune(&self, seq: Seq) {
        self.feed.prune(seq);
        self.forget_edits(seq);
        let mut details = self.details.lock();
        if details.said <= seq {
            details.said = Seq::START;
        }
    }

    fn forget_edits(&self, seq: Seq) {
        let mut details = self.details.lock();
        while let Some(&(edit, message)) = details.edited.front()
            && edit <= seq
        {
            details.edited.pop_front();
            details.edits.remove(&(message, edit));
        }
    }

    /// Marks the room as removed, and drops its cached entries.
    pub(super) fn remove(&self) {
        *self.details.lock() = Details::default();
        self.feed.remove();
    }

    /// The cached ones among a message and its edits.
    pub(super) fn message_and_edits(&self, message: Seq) -> Vec<Arc<StoredEntry>> {
        let details = self.details.lock();
        let edits = details.edits.range((message, Seq::START)..=(message, Seq(u64::MAX)));
        let seqs = std::iter::once(message).chain(edits.map(|(_, edit)| *edit));
        seqs.filter_map(|seq| self.feed.find(seq)).collect()
    }

    /// Whether the room has waiting polls or present people.
    pub(super) fn is_in_use(&self) -> bool {
        self.feed.is_waited_for() || !self.presence.is_empty()
    }

    /// The number of indexed edits.
    #[cfg(test)]
    pub(super) fn edits_indexed(&self) -> usize {
        let details = self.details.lock();
        assert_eq!(details.edits.len(), details.edited.len());
        details.edits.len()
    }

    /// The room's line in the list of rooms.
    pub(super) fn summary(&self) -> RoomSummary {
        let here = self.presence.count();
        let details = self.details.lock();
        RoomSummary {
            name: self.name.clone(),
            topic: details.topic.clone(),
            head: details.head,
            at: details.at,
            said: details.said,
            here,
            standing: RoomStanding::default(),
        }
    }
}
