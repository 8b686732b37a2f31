//! `memory:` the reference engine, for tests and embedding. It forgets everything when it is dropped; "durable" here
//! means "as durable as the process".

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{
    Entry, EntryKind, Epoch, Message, PersonId, PublishKey, RoomName, RoomSelection, Seq, Timestamp, Topic,
};
use parking_lot::Mutex;

use super::admit::{Lookup, Verdict, admit, now_after, oldest_kept};
use super::{Chunk, Committed, Draft, Follower, Log, LogError, LoggedRoom, Outcome, Page, Retention};
use crate::random;

/// A log in memory.
pub struct MemoryLog {
    epoch: Epoch,
    secret: [u8; 32],
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<Seq, Arc<Committed>>,
    head: Seq,
    rooms: HashMap<RoomName, Room>,
    keys: HashMap<(PersonId, PublishKey), Seq>,
    last_at: Timestamp,
    follower: Option<Follower>,
}

#[derive(Default)]
struct Room {
    topic: Topic,
    head: Seq,
    at: Timestamp,
    entries: VecDeque<Seq>,
    messages: BTreeMap<Seq, Message>,
    forgotten: Seq,
}

impl MemoryLog {
    /// An empty log with a lobby.
    pub fn new() -> Self {
        let log = Self { epoch: Epoch(random::word()), secret: random::bytes(), state: Mutex::default() };
        // The first entry of an empty log cannot be refused.
        let _ = log.state.lock().append(&Draft::lobby());
        log
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl Log for MemoryLog {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn secret(&self) -> [u8; 32] {
        self.secret
    }

    fn head(&self) -> Seq {
        self.state.lock().head
    }

    fn append(&self, draft: Draft) -> BoxFuture<'static, Result<Outcome, LogError>> {
        // The follower is called under the lock, which is what makes it hear of entries in log order.
        ready(self.state.lock().append(&draft)).boxed()
    }

    fn read(&self, rooms: RoomSelection, after: Seq) -> BoxFuture<'static, Result<Chunk, LogError>> {
        ready(Ok(self.state.lock().read(&rooms, after))).boxed()
    }

    fn page(
        &self,
        room: RoomName,
        before: Option<Seq>,
        limit: usize,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        ready(Ok(self.state.lock().page(&room, before, limit))).boxed()
    }

    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.state.lock().prune(&keep);
        ready(Ok(false)).boxed()
    }

    fn rooms(&self) -> BoxFuture<'static, Result<Vec<LoggedRoom>, LogError>> {
        let state = self.state.lock();
        let rooms = state.rooms.iter().map(|(name, room)| LoggedRoom {
            name: name.clone(),
            topic: room.topic.clone(),
            head: room.head,
            at: room.at,
        });
        ready(Ok(rooms.collect())).boxed()
    }

    fn follow(&self, follower: Follower) {
        self.state.lock().follower = Some(follower);
    }
}

impl State {
    fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
        let kinds = match admit(self, draft)? {
            Verdict::Append(kinds) => kinds,
            Verdict::Settled(outcome) => return Ok(outcome),
        };
        let mut group = Vec::with_capacity(kinds.len());
        for kind in kinds {
            group.push(self.push(draft, kind)?);
        }
        if let Some(follower) = &self.follower {
            follower(&group);
        }
        Ok(group.pop().map_or(Outcome::Unchanged, Outcome::Appended))
    }

    fn push(&mut self, draft: &Draft, kind: EntryKind) -> Result<Arc<Committed>, LogError> {
        let (seq, at) = (self.head.next(), now_after(self.last_at));
        let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
        let committed = Committed::encode(entry).map_err(|e| LogError::Unavailable(e.to_string()))?;
        let committed = Arc::new(committed);
        let Some(entry) = committed.entry() else { return Ok(committed) };
        (self.head, self.last_at) = (seq, at);
        let room = self.rooms.entry(draft.room.clone()).or_default();
        (room.head, room.at) = (seq, at);
        room.entries.push_back(seq);
        let target = match &entry.kind {
            EntryKind::Message { key, .. } => {
                self.keys.insert((entry.author.id.clone(), *key), seq);
                room.messages.extend(Message::from_entry(entry).map(|message| (seq, message)));
                None
            }
            EntryKind::Room { topic } => {
                room.topic = topic.clone();
                None
            }
            EntryKind::Edit { target, .. }
            | EntryKind::Delete { target }
            | EntryKind::Reaction { target, .. } => Some(*target),
            _ => None,
        };
        if let Some(message) = target.and_then(|target| room.messages.get_mut(&target)) {
            message.fold(entry, None);
        }
        self.entries.insert(seq, committed.clone());
        if let EntryKind::Delete { target } = &entry.kind {
            self.scrub(&draft.room, *target)?;
        }
        Ok(committed)
    }

    /// Removes what a deleted message said from its entry and from those of its edits.
    fn scrub(&mut self, room: &RoomName, deleted: Seq) -> Result<(), LogError> {
        let Some(room) = self.rooms.get(room) else { return Ok(()) };
        let later = room.entries.partition_point(|&seq| seq < deleted);
        for seq in room.entries.range(later..) {
            let Some(slot) = self.entries.get_mut(seq) else { continue };
            let scrubbed = slot.without_text_of(deleted).map_err(|e| LogError::Unavailable(e.to_string()))?;
            if let Some(scrubbed) = scrubbed {
                *slot = Arc::new(scrubbed);
            }
        }
        Ok(())
    }

    fn read(&self, rooms: &RoomSelection, after: Seq) -> Chunk {
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut is_full = false;
        let mut take = |entry: &Arc<Committed>| {
            is_full = entries.len() == BATCH_ENTRIES || bytes >= BATCH_BYTES;
            if !is_full {
                bytes += entry.json.len();
                entries.push(entry.clone());
            }
            is_full
        };
        match rooms {
            RoomSelection::All => {
                self.entries.range(after.next()..).any(|(_, entry)| take(entry));
            }
            RoomSelection::Named(names) => {
                let mut seqs: Vec<Seq> = Vec::new();
                for room in names.iter().filter_map(|name| self.rooms.get(name)) {
                    let start = room.entries.partition_point(|&seq| seq <= after);
                    seqs.extend(room.entries.range(start..).take(BATCH_ENTRIES + 1));
                }
                seqs.sort_unstable();
                seqs.iter().filter_map(|seq| self.entries.get(seq)).any(take);
            }
        }
        let last = entries.last().map_or(after, |e| e.seq);
        let forgotten = match rooms {
            RoomSelection::All => self.rooms.values().map(|room| room.forgotten).max(),
            RoomSelection::Named(names) => {
                names.iter().filter_map(|name| self.rooms.get(name)).map(|room| room.forgotten).max()
            }
        };
        let upto = if is_full { last } else { self.head.max(after) };
        Chunk { entries, upto, forgotten: forgotten.unwrap_or_default() }
    }

    fn page(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Page {
        let mut messages = Vec::new();
        let mut more = false;
        if let Some(room) = self.rooms.get(room) {
            let mut older = room.messages.range(..before.unwrap_or(Seq(u64::MAX))).rev();
            messages.extend(older.by_ref().take(limit).map(|(_, message)| message.clone()));
            messages.reverse();
            more = older.next().is_some();
        }
        Page { messages, more, upto: self.head }
    }

    fn prune(&mut self, keep: &Retention) {
        let oldest = keep.age.map(oldest_kept);
        for room in self.rooms.values_mut() {
            while let Some(&seq) = room.entries.front() {
                let is_old =
                    self.entries.get(&seq).and_then(|e| e.entry()).is_some_and(|e| Some(e.at) < oldest);
                let is_too_many = keep.per_room.is_some_and(|most| room.entries.len() as u64 > most);
                if seq == self.head || !(is_old || is_too_many) {
                    break;
                }
                room.entries.pop_front();
                self.entries.remove(&seq);
                if let Some(message) = room.messages.remove(&seq) {
                    self.keys.remove(&(message.author.id, message.key));
                }
                room.forgotten = seq;
            }
        }
    }
}

impl Lookup for State {
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        Ok(self.rooms.get(room).map(|room| room.topic.clone()))
    }

    fn room_count(&self) -> Result<usize, LogError> {
        Ok(self.rooms.len())
    }

    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<Committed>>, LogError> {
        Ok(self.keys.get(&(author.clone(), key)).and_then(|seq| self.entries.get(seq)).cloned())
    }

    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<Message>, LogError> {
        Ok(self.rooms.get(room).and_then(|room| room.messages.get(&seq)).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::log::contract::suite!(|dir| MemoryLog::new());
}
