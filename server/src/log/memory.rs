//! `memory:` the reference engine, for tests and embedding. It forgets everything when it is dropped; "durable" here
//! means "as durable as the process".

mod kept_message;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES};
use holdline_shared::{
    Emoji, Entry, EntryKind, Epoch, MessageText, PersonId, PublishKey, RoomName, RoomSelection, Seq,
    Timestamp, Topic,
};
use parking_lot::Mutex;

use self::kept_message::KeptMessage;
use super::admit::{Lookup, MessageStatus, Verdict, admit, now_after};
use super::clock::{Age, RetentionClock, wall_clock};
use super::page_limit::PageLimit;
use super::{
    Chunk, Committed, Draft, Follower, Log, LogError, LogEvent, LoggedRoom, Outcome, Page, Retention,
    RoomInUse,
};
use crate::random;

/// A log in memory.
pub struct MemoryLog {
    epoch: Epoch,
    secret: [u8; 32],
    state: Mutex<State>,
}

struct State {
    entries: BTreeMap<Seq, Arc<Committed>>,
    head: Seq,
    rooms: HashMap<RoomName, Room>,
    keys: HashMap<(PersonId, PublishKey), Seq>,
    last_at: Timestamp,
    /// The newest entry of a room that expired.
    expired: Seq,
    follower: Option<Follower>,
    retention: RetentionClock,
}

#[derive(Default)]
struct Room {
    topic: Topic,
    head: Seq,
    at: Timestamp,
    entries: VecDeque<Seq>,
    messages: BTreeMap<Seq, KeptMessage>,
    forgotten: Seq,
}

impl MemoryLog {
    /// An empty log with a lobby.
    pub fn new() -> Self {
        let log =
            Self { epoch: Epoch(random::word()), secret: random::bytes(), state: Mutex::new(State::new()) };
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
        reader: Option<PersonId>,
    ) -> BoxFuture<'static, Result<Page, LogError>> {
        ready(Ok(self.state.lock().page(&room, before, limit, reader.as_ref()))).boxed()
    }

    fn prune(&self, keep: Retention) -> BoxFuture<'static, Result<bool, LogError>> {
        self.state.lock().prune(&keep);
        ready(Ok(false)).boxed()
    }

    fn expire_rooms(
        &self,
        idle: Duration,
        is_in_use: RoomInUse,
    ) -> BoxFuture<'static, Result<bool, LogError>> {
        self.state.lock().expire_rooms(idle, &is_in_use);
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
    fn new() -> Self {
        let now = wall_clock();
        Self {
            entries: BTreeMap::new(),
            head: Seq::START,
            rooms: HashMap::new(),
            keys: HashMap::new(),
            last_at: Timestamp::default(),
            expired: Seq::START,
            follower: None,
            retention: RetentionClock::new(now, Instant::now()),
        }
    }

    fn append(&mut self, draft: &Draft) -> Result<Outcome, LogError> {
        let (kinds, makes_room) = match admit(self, draft)? {
            Verdict::Append(kinds) => (kinds, false),
            Verdict::Make(kind) => (vec![kind], true),
            Verdict::Settled(outcome) => return Ok(outcome),
        };
        let mut group = Vec::with_capacity(kinds.len());
        for kind in kinds {
            group.push(self.push(draft, kind)?);
        }
        if let Some(follower) = &self.follower {
            follower(LogEvent::Appended(&group));
        }
        let outcome = if makes_room { Outcome::Made } else { Outcome::Appended };
        Ok(group.pop().map_or(Outcome::Unchanged, outcome))
    }

    fn push(&mut self, draft: &Draft, kind: EntryKind) -> Result<Arc<Committed>, LogError> {
        let (seq, at) = (self.head.next(), now_after(self.last_at));
        let entry = Entry { seq, room: draft.room.clone(), at, author: draft.author.clone(), kind };
        let committed = Committed::encode(entry).map_err(|e| LogError::Unavailable(e.to_string()))?;
        let committed = Arc::new(committed);
        let Some(entry) = committed.entry() else { return Ok(committed) };
        (self.head, self.last_at) = (seq, at);
        let expired = self.expired;
        // A room that is made again goes on where the one of that name ended.
        let new = || Room { forgotten: expired, ..Room::default() };
        let room = self.rooms.entry(draft.room.clone()).or_insert_with(new);
        (room.head, room.at) = (seq, at);
        room.entries.push_back(seq);
        let target = match &entry.kind {
            EntryKind::Message { key, .. } => {
                self.keys.insert((entry.author.id.clone(), *key), seq);
                room.messages.extend(KeptMessage::from_entry(entry).map(|message| (seq, message)));
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
            message.apply(entry);
        }
        self.entries.insert(seq, committed.clone());
        if let EntryKind::Delete { target } = &entry.kind {
            self.redact(&draft.room, *target)?;
        }
        Ok(committed)
    }

    /// Removes what a deleted message said from its entry and from those of its edits.
    fn redact(&mut self, room: &RoomName, deleted: Seq) -> Result<(), LogError> {
        let message = self.rooms.get(room).and_then(|room| room.messages.get(&deleted));
        let edits = message.map(KeptMessage::edits).unwrap_or_default();
        for seq in edits.iter().chain([&deleted]) {
            let Some(slot) = self.entries.get_mut(seq) else { continue };
            let redacted = slot.without_text_of(deleted).map_err(|e| LogError::Unavailable(e.to_string()))?;
            if let Some(redacted) = redacted {
                *slot = Arc::new(redacted);
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
            RoomSelection::All => {
                self.rooms.values().map(|room| room.forgotten).max().max(Some(self.expired))
            }
            RoomSelection::Named(names) => {
                names.iter().filter_map(|name| self.rooms.get(name)).map(|room| room.forgotten).max()
            }
        };
        let upto = if is_full { last } else { self.head.max(after) };
        Chunk { entries, upto, forgotten: forgotten.unwrap_or_default() }
    }

    fn page(&self, room: &RoomName, before: Option<Seq>, limit: usize, reader: Option<&PersonId>) -> Page {
        let mut messages = Vec::new();
        let mut more = false;
        if let Some(room) = self.rooms.get(room) {
            let mut page = PageLimit::new(limit);
            for message in room.messages.range(..before.unwrap_or(Seq(u64::MAX))).rev() {
                if page.is_reached() {
                    more = true;
                    break;
                }
                let message = message.1.shown_to(reader);
                page.count(&message);
                messages.push(message);
            }
            messages.reverse();
        }
        Page { messages, more, upto: self.head }
    }

    fn prune(&mut self, keep: &Retention) {
        let cut = keep.age.map(|age| self.retention.cut(age, wall_clock(), Instant::now()));
        let dated = self.entries.values().filter_map(|e| e.entry()).map(|entry| (entry.seq, entry.at));
        let last_due = cut.and_then(|cut| cut.last_due(dated));
        for room in self.rooms.values_mut() {
            while let Some(&seq) = room.entries.front() {
                let is_old = Some(seq) <= last_due;
                let is_too_many = keep.per_room.is_some_and(|most| room.entries.len() as u64 > most);
                if seq == self.head || !(is_old || is_too_many) {
                    break;
                }
                room.entries.pop_front();
                self.entries.remove(&seq);
                if let Some(kept) = room.messages.remove(&seq) {
                    let message = kept.message();
                    self.keys.remove(&(message.author.id.clone(), message.key));
                }
                room.forgotten = seq;
            }
        }
    }

    fn expire_rooms(&mut self, idle: Duration, is_in_use: &RoomInUse) {
        let cut = self.retention.cut(idle, wall_clock(), Instant::now());
        let head = self.head;
        let mut gone = Vec::new();
        self.rooms.retain(|name, room| {
            let is_idle = room.messages.is_empty() && cut.age(room.at) == Age::Due && room.head != head;
            let goes = is_idle && *name != RoomName::lobby() && !is_in_use(name);
            if goes {
                for seq in &room.entries {
                    self.entries.remove(seq);
                }
                self.expired = self.expired.max(room.head);
                gone.push(name.clone());
            }
            !goes
        });
        if let Some(follower) = &self.follower
            && !gone.is_empty()
        {
            follower(LogEvent::RoomsExpired { rooms: &gone, forgotten: self.expired });
        }
    }

    fn kept(&self, seq: Seq) -> Option<&KeptMessage> {
        let room = self.rooms.get(&self.entries.get(&seq)?.room)?;
        room.messages.get(&seq)
    }
}

impl Lookup for State {
    fn topic(&self, room: &RoomName) -> Result<Option<Topic>, LogError> {
        Ok(self.rooms.get(room).map(|room| room.topic.clone()))
    }

    fn room_count(&self) -> usize {
        self.rooms.len()
    }

    fn by_key(&self, author: &PersonId, key: PublishKey) -> Result<Option<Arc<Committed>>, LogError> {
        Ok(self.keys.get(&(author.clone(), key)).and_then(|seq| self.entries.get(seq)).cloned())
    }

    fn message(&self, room: &RoomName, seq: Seq) -> Result<Option<MessageStatus>, LogError> {
        let kept = self.rooms.get(room).and_then(|room| room.messages.get(&seq));
        Ok(kept.map(|kept| {
            let message = kept.message();
            MessageStatus { author: message.author.id.clone(), is_deleted: message.text.is_none() }
        }))
    }

    fn text(&self, message: Seq) -> Result<Option<MessageText>, LogError> {
        Ok(self.kept(message).and_then(|kept| kept.message().text.clone()))
    }

    fn edit_count(&self, message: Seq) -> Result<usize, LogError> {
        Ok(self.kept(message).map_or(0, |kept| kept.edits().len()))
    }

    fn has_reaction(&self, message: Seq, emoji: &Emoji, person: &PersonId) -> Result<bool, LogError> {
        Ok(self.kept(message).is_some_and(|kept| kept.has_reaction(emoji, person)))
    }

    fn emoji(&self, message: Seq) -> Result<Vec<Emoji>, LogError> {
        Ok(self.kept(message).map(|kept| kept.emoji().cloned().collect()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::log::contract::suite!(|dir| MemoryLog::new());
}
