//! The requests for the followed rooms: polls and history, each tried once. Creates no rooms: a missing one is waited
//! for, as [`RoomSource::poll`] explains.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use holdline_shared::limits::HISTORY_MAX;
use holdline_shared::{
    After, Batch, Cursor, Entry, Message, PollQuery, ProblemCode, RoomName, RoomSelection, Seq, Timestamp,
};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::client::{Client, Polled, RequestError, Target, say};

/// The pause between two polls that returned only entries of other rooms.
const PAUSE: Duration = Duration::from_millis(250);

/// The followed rooms of a server.
pub(super) struct RoomSource {
    client: Client,
    rooms: RoomSelection,
    /// Named rooms that do not exist yet.
    missing: Mutex<BTreeSet<RoomName>>,
    /// The entries of unknown kinds of the last poll, with all their fields.
    unknown: Mutex<BTreeMap<Seq, Value>>,
}

/// The part of history to read.
pub(super) enum HistoryRange {
    /// The last messages of each room, this many.
    Last(usize),
    /// The messages after a position of the same log.
    After(Seq),
    /// The messages after a time, which is all that two logs have in common.
    LaterThan(Timestamp),
}

/// The history of all rooms, and the cursor from which polls continue.
pub(super) struct HistorySnapshot {
    /// The messages in log order.
    pub(super) messages: Vec<Message>,
    /// The earliest cursor at which a room was read.
    pub(super) cursor: Cursor,
    /// The entries after that cursor that the messages include.
    pub(super) seen: SeenUpTo,
}

/// The position up to which the history of each room was read.
#[derive(Default)]
pub(super) struct SeenUpTo(HashMap<RoomName, Seq>);

impl SeenUpTo {
    /// Whether the history includes this entry.
    pub(super) fn has(&self, entry: &Entry) -> bool {
        self.0.get(&entry.room).is_some_and(|&upto| entry.seq <= upto)
    }
}

impl HistorySnapshot {
    /// An empty snapshot at this cursor.
    pub(super) fn at(cursor: Cursor) -> Self {
        Self { messages: Vec::new(), cursor, seen: SeenUpTo::default() }
    }
}

impl RoomSource {
    /// Makes a source for these rooms of a server.
    pub(super) fn new(client: Client, rooms: RoomSelection) -> Self {
        Self { client, rooms, missing: Mutex::default(), unknown: Mutex::default() }
    }

    /// The server.
    pub(super) fn target(&self) -> &Target {
        self.client.target()
    }

    /// Polls once.
    ///
    /// A server refuses a poll that names a missing room. While a room is missing, all rooms are polled and other
    /// rooms' entries are dropped: so the cursor is valid for every room, and the first entries of a new room arrive
    /// once and in order, also after a restart from an earlier cursor.
    pub(super) async fn poll(&self, after: After, wait: Duration) -> Result<Batch, RequestError> {
        self.unknown.lock().clear();
        let RoomSelection::Named(rooms) = &self.rooms else {
            return self.poll_rooms(RoomSelection::All, after, wait).await;
        };
        if self.missing.lock().is_empty() {
            match self.poll_rooms(self.rooms.clone(), after, wait).await {
                Err(error) if is_unknown_room(&error) => self.find_missing(rooms).await?,
                answered => return answered,
            }
        }
        self.poll_among_all(rooms, after, wait).await
    }

    async fn poll_rooms(
        &self,
        rooms: RoomSelection,
        after: After,
        wait: Duration,
    ) -> Result<Batch, RequestError> {
        let query = PollQuery { after, wait: Some(wait), ..PollQuery::new(rooms) };
        let Polled { batch, mut unknown } = self.client.poll(&query).await?;
        self.unknown.lock().append(&mut unknown);
        Ok(batch)
    }

    /// Takes the entries of unknown kinds of the last poll.
    pub(super) fn take_unknown(&self) -> BTreeMap<Seq, Value> {
        std::mem::take(&mut self.unknown.lock())
    }

    /// Polls all rooms until there are entries of these rooms or the time has passed.
    async fn poll_among_all(
        &self,
        rooms: &[RoomName],
        mut after: After,
        wait: Duration,
    ) -> Result<Batch, RequestError> {
        let end = Instant::now() + wait;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut batch = self.poll_rooms(RoomSelection::All, after, left).await?;
            let is_empty = batch.entries.is_empty();
            batch.entries.retain(|entry| rooms.contains(&entry.room));
            self.found(&batch.entries);
            if is_empty || !batch.entries.is_empty() || left < PAUSE {
                return Ok(batch);
            }
            after = After::At(batch.cursor);
            sleep(PAUSE).await;
        }
    }

    /// Removes existing rooms from the missing ones.
    fn found(&self, entries: &[Entry]) {
        let mut missing = self.missing.lock();
        for entry in entries {
            missing.remove(&entry.room);
        }
    }

    /// Determines which rooms do not exist, and reports them.
    async fn find_missing(&self, rooms: &[RoomName]) -> Result<(), RequestError> {
        let mut missing = BTreeSet::new();
        for room in rooms {
            match self.client.history(room, None, 1).await {
                Ok(_) => {}
                Err(error) if is_unknown_room(&error) => {
                    say(format_args!("there is no room {room} yet; waiting for it"));
                    missing.insert(room.clone());
                }
                Err(error) => return Err(error),
            }
        }
        *self.missing.lock() = missing;
        Ok(())
    }

    /// Reads the log's head.
    pub(super) async fn now(&self) -> Result<Cursor, RequestError> {
        Ok(self.poll(After::Now, Duration::ZERO).await?.cursor)
    }

    /// Creates a session for requests that need one.
    pub(super) async fn renew_session(&self) -> Result<(), RequestError> {
        self.client.renew_session().await
    }

    /// Reads the history of every room.
    pub(super) async fn read_history(&self, range: &HistoryRange) -> Result<HistorySnapshot, RequestError> {
        // The cursor is read before the rooms, so that no entry of a room without history is missed.
        let mut snapshot = HistorySnapshot::at(self.now().await?);
        let names = match &self.rooms {
            RoomSelection::Named(names) => names.clone(),
            RoomSelection::All => {
                self.client.rooms().await?.rooms.into_iter().map(|room| room.name).collect()
            }
        };
        for room in names {
            let cursor = match self.read_room(&room, range, &mut snapshot.messages).await {
                // The polls will deliver all entries of a missing room.
                Err(error) if is_unknown_room(&error) => continue,
                read => read?,
            };
            self.missing.lock().remove(&room);
            if cursor.epoch != snapshot.cursor.epoch {
                return Err(replaced());
            }
            snapshot.seen.0.insert(room, cursor.seq);
        }
        snapshot.messages.sort_unstable_by_key(|message| message.seq);
        Ok(snapshot)
    }

    /// Reads one room's history backwards; returns the cursor of the first page.
    async fn read_room(
        &self,
        room: &RoomName,
        range: &HistoryRange,
        messages: &mut Vec<Message>,
    ) -> Result<Cursor, RequestError> {
        let begun = messages.len();
        let (mut cursor, mut before) = (None, None);
        loop {
            let limit = match range {
                HistoryRange::Last(count) => (count - (messages.len() - begun)).clamp(1, HISTORY_MAX),
                HistoryRange::After(_) | HistoryRange::LaterThan(_) => HISTORY_MAX,
            };
            let page = self.client.history(room, before, limit).await?;
            // Older pages are read later; the polls deliver the changes in between.
            let read_at: Cursor = *cursor.get_or_insert(page.cursor);
            if page.cursor.epoch != read_at.epoch {
                return Err(replaced());
            }
            before = page.messages.first().map(|oldest| oldest.seq);
            for message in page.messages.into_iter().rev() {
                let is_wanted = match range {
                    HistoryRange::Last(count) => messages.len() - begun < *count,
                    HistoryRange::After(seq) => message.seq > *seq,
                    HistoryRange::LaterThan(moment) => message.at > *moment,
                };
                if !is_wanted {
                    return Ok(read_at);
                }
                messages.push(message);
            }
            let is_enough = matches!(range, HistoryRange::Last(count) if messages.len() - begun >= *count);
            if is_enough || !page.more || before.is_none() {
                return Ok(read_at);
            }
        }
    }
}

fn is_unknown_room(error: &RequestError) -> bool {
    error.code() == Some(ProblemCode::UnknownRoom)
}

fn replaced() -> RequestError {
    RequestError::Failed { why: "the log was replaced while its history was being read".to_owned() }
}
