//! The rooms that are followed, as requests: polls and history, each tried once. Makes no rooms: one that does not exist
//! is waited for ([`Source::poll`] says how).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use holdline_shared::limits::HISTORY_MAX;
use holdline_shared::{
    After, Batch, Cursor, Entry, Message, PollQuery, ProblemCode, RoomName, RoomSelection, Seq, Timestamp,
};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::client::{Client, Polled, Target, Trouble, say};

/// Between two polls that had nothing but entries of rooms that are not followed.
const PAUSE: Duration = Duration::from_millis(250);

/// Where everything comes from.
pub(super) struct Source {
    client: Client,
    rooms: RoomSelection,
    /// Named rooms that do not exist.
    missing: Mutex<BTreeSet<RoomName>>,
    /// The entries of the last poll that this version does not know, as they came.
    unknown: Mutex<BTreeMap<Seq, Value>>,
}

/// How far back history is wanted.
pub(super) enum Reach {
    /// This many messages of each room.
    Last(usize),
    /// Those after an entry of the same log.
    After(Seq),
    /// Those later than a moment: all that two logs have in common.
    LaterThan(Timestamp),
}

/// History of all rooms, and where the polls go on from there.
pub(super) struct Opening {
    /// In log order.
    pub(super) messages: Vec<Message>,
    /// The earliest of the cursors at which the rooms were read.
    pub(super) cursor: Cursor,
    /// What of the entries after it is told already.
    pub(super) covered: Covered,
}

/// Up to where the history of each room was read.
#[derive(Default)]
pub(super) struct Covered(HashMap<RoomName, Seq>);

impl Covered {
    /// Whether history has told what this entry says.
    pub(super) fn has(&self, entry: &Entry) -> bool {
        self.0.get(&entry.room).is_some_and(|&upto| entry.seq <= upto)
    }
}

impl Opening {
    /// No history; polls begin at this cursor.
    pub(super) fn at(cursor: Cursor) -> Self {
        Self { messages: Vec::new(), cursor, covered: Covered::default() }
    }
}

impl Source {
    /// These rooms of this server.
    pub(super) fn new(client: Client, rooms: RoomSelection) -> Self {
        Self { client, rooms, missing: Mutex::default(), unknown: Mutex::default() }
    }

    /// Which server it is.
    pub(super) fn target(&self) -> &Target {
        self.client.target()
    }

    /// One poll.
    ///
    /// A server refuses a poll that names a room which does not exist. While one is missing, all rooms are polled, and
    /// what is not wanted is left out: so the cursor counts for every room, and the first entries of one that appears come
    /// in their order and once, also after a restart from a cursor of before.
    pub(super) async fn poll(&self, after: After, wait: Duration) -> Result<Batch, Trouble> {
        self.unknown.lock().clear();
        let RoomSelection::Named(rooms) = &self.rooms else {
            return self.ask(RoomSelection::All, after, wait).await;
        };
        if self.missing.lock().is_empty() {
            match self.ask(self.rooms.clone(), after, wait).await {
                Err(trouble) if is_unknown_room(&trouble) => self.find_missing(rooms).await?,
                answered => return answered,
            }
        }
        self.poll_among_all(rooms, after, wait).await
    }

    async fn ask(&self, rooms: RoomSelection, after: After, wait: Duration) -> Result<Batch, Trouble> {
        let query = PollQuery { after, wait: Some(wait), ..PollQuery::new(rooms) };
        let Polled { batch, mut unknown } = self.client.poll(&query).await?;
        self.unknown.lock().append(&mut unknown);
        Ok(batch)
    }

    /// Takes the entries of the last poll that this version does not know, as they came.
    pub(super) fn take_unknown(&self) -> BTreeMap<Seq, Value> {
        std::mem::take(&mut self.unknown.lock())
    }

    /// Polls all rooms until there is something from these or the time is up.
    async fn poll_among_all(
        &self,
        rooms: &[RoomName],
        mut after: After,
        wait: Duration,
    ) -> Result<Batch, Trouble> {
        let end = Instant::now() + wait;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let mut batch = self.ask(RoomSelection::All, after, left).await?;
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

    /// Takes note of rooms that exist now.
    fn found(&self, entries: &[Entry]) {
        let mut missing = self.missing.lock();
        for entry in entries {
            missing.remove(&entry.room);
        }
    }

    /// Finds out which rooms do not exist, and says so.
    async fn find_missing(&self, rooms: &[RoomName]) -> Result<(), Trouble> {
        let mut missing = BTreeSet::new();
        for room in rooms {
            match self.client.history(room, None, 1).await {
                Ok(_) => {}
                Err(trouble) if is_unknown_room(&trouble) => {
                    say(format_args!("there is no room {room} yet; waiting for it"));
                    missing.insert(room.clone());
                }
                Err(trouble) => return Err(trouble),
            }
        }
        *self.missing.lock() = missing;
        Ok(())
    }

    /// Where the log stands.
    pub(super) async fn now(&self) -> Result<Cursor, Trouble> {
        Ok(self.poll(After::Now, Duration::ZERO).await?.cursor)
    }

    /// Gets a session for those requests that need one.
    pub(super) async fn renew_session(&self) -> Result<(), Trouble> {
        self.client.renew_session().await
    }

    /// Reads the history of every room, that far back.
    pub(super) async fn gather(&self, reach: &Reach) -> Result<Opening, Trouble> {
        // The first cursor is read before any room, so that rooms without history are not passed over.
        let mut opening = Opening::at(self.now().await?);
        let names = match &self.rooms {
            RoomSelection::Named(names) => names.clone(),
            RoomSelection::All => {
                self.client.rooms().await?.rooms.into_iter().map(|room| room.name).collect()
            }
        };
        for room in names {
            let cursor = match self.gather_room(&room, reach, &mut opening.messages).await {
                // All that it will ever have comes with the polls.
                Err(trouble) if is_unknown_room(&trouble) => continue,
                read => read?,
            };
            self.missing.lock().remove(&room);
            if cursor.epoch != opening.cursor.epoch {
                return Err(replaced());
            }
            opening.covered.0.insert(room, cursor.seq);
        }
        opening.messages.sort_unstable_by_key(|message| message.seq);
        Ok(opening)
    }

    /// Reads one room's history backwards, and says at which cursor.
    async fn gather_room(
        &self,
        room: &RoomName,
        reach: &Reach,
        messages: &mut Vec<Message>,
    ) -> Result<Cursor, Trouble> {
        let begun = messages.len();
        let (mut cursor, mut before) = (None, None);
        loop {
            let limit = match reach {
                Reach::Last(count) => (count - (messages.len() - begun)).clamp(1, HISTORY_MAX),
                Reach::After(_) | Reach::LaterThan(_) => HISTORY_MAX,
            };
            let page = self.client.history(room, before, limit).await?;
            // Older pages are read later; what changed in between comes with the polls.
            let read_at: Cursor = *cursor.get_or_insert(page.cursor);
            if page.cursor.epoch != read_at.epoch {
                return Err(replaced());
            }
            before = page.messages.first().map(|oldest| oldest.seq);
            for message in page.messages.into_iter().rev() {
                let is_wanted = match reach {
                    Reach::Last(count) => messages.len() - begun < *count,
                    Reach::After(seq) => message.seq > *seq,
                    Reach::LaterThan(moment) => message.at > *moment,
                };
                if !is_wanted {
                    return Ok(read_at);
                }
                messages.push(message);
            }
            let is_enough = matches!(reach, Reach::Last(count) if messages.len() - begun >= *count);
            if is_enough || !page.more || before.is_none() {
                return Ok(read_at);
            }
        }
    }
}

fn is_unknown_room(trouble: &Trouble) -> bool {
    trouble.code() == Some(ProblemCode::UnknownRoom)
}

fn replaced() -> Trouble {
    Trouble::Failed { why: "the log was replaced while its history was being read".to_owned() }
}
