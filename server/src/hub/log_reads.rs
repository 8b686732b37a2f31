//! Reading from the log for held polls whose entries are not at hand any more. Polls that ask the same share one read, and
//! where nothing is told of presence, one answer.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use holdline_shared::{RoomName, RoomSelection, Seq};

use super::Hub;
use super::held::Ended;
use super::poll::{Answer, Found, PollError};
use super::room::Room;
use super::visit::Visit;
use super::wait::Seen;

/// The answer to come; `None` when not even an empty one could be made.
pub(crate) type LogRead = Shared<BoxFuture<'static, Option<Answer>>>;

/// Which rooms are read, all of them for `None`, and from where.
type ReadKey = (Option<Vec<RoomName>>, Seq);

/// Entries to come.
type Reading = Shared<BoxFuture<'static, Arc<Found>>>;

/// Reads that were begun in one pass over held polls.
#[derive(Default)]
pub(crate) struct LogReads {
    readings: HashMap<ReadKey, Reading>,
    /// Answers for those who tell nobody that they are here.
    answers: HashMap<ReadKey, LogRead>,
}

impl LogReads {
    /// Begins to read what a poll has to be answered with, by what key its holder knows it.
    pub(crate) fn begin<K>(&mut self, hub: &Arc<Hub>, ended: Ended<K>) -> (K, LogRead) {
        let Ended { key, after, room, rooms, visit, .. } = ended;
        let watched = if rooms.is_empty() { room.into_iter().collect() } else { rooms };
        let selection = hub.selection(&watched);
        let names = match &selection {
            RoomSelection::Named(names) => Some(names.clone()),
            RoomSelection::All => None,
        };
        let question = (names, after);
        let begun = self.readings.entry(question.clone());
        let reading = begun.or_insert_with(|| read(hub.clone(), selection, after)).clone();
        let read = if visit.is_some() {
            // Presence is not shared with others.
            answer(hub.clone(), reading, after, visit)
        } else {
            let begun = self.answers.entry(question);
            begun.or_insert_with(|| answer(hub.clone(), reading, after, None)).clone()
        };
        (key, read)
    }
}

fn read(hub: Arc<Hub>, rooms: RoomSelection, after: Seq) -> Reading {
    async move {
        let found = hub.read(&rooms, after).await;
        Arc::new(found.unwrap_or_else(|error| {
            // A gap is told to the poll that follows from the same position, which the router answers.
            if !matches!(error, PollError::Gap { .. }) {
                tracing::debug!(%error, "held polls are answered without what they waited for");
            }
            Found { entries: Vec::new(), upto: after }
        }))
    }
    .boxed()
    .shared()
}

fn answer(hub: Arc<Hub>, reading: Reading, after: Seq, visit: Option<Box<Visit>>) -> LogRead {
    async move {
        let read = reading.await;
        let presence = visit.and_then(|visit| visit.news());
        hub.answer(Seen::Entries(read.entries.clone(), read.upto), after, None, presence.as_ref()).ok()
    }
    .boxed()
    .shared()
}

impl Hub {
    /// These rooms by name.
    fn selection(&self, rooms: &[Arc<Room>]) -> RoomSelection {
        if rooms.iter().any(|room| Arc::ptr_eq(room, &self.everything)) {
            return RoomSelection::All;
        }
        RoomSelection::Named(rooms.iter().map(|room| room.summary().name).collect())
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::{Batch, Person};

    use super::*;
    use crate::hub::HubConfig;
    use crate::log::{Draft, MemoryLog};

    #[tokio::test]
    async fn polls_that_ask_the_same_share_one_read_whoever_is_here() {
        let hub = Hub::open_with(Arc::new(MemoryLog::new()), HubConfig::default()).await.unwrap();
        let after = hub.head();
        let lobby = RoomName::lobby();
        let draft = Draft::say(Person::stdin(), lobby.clone(), "hello".parse().unwrap());
        hub.publish(draft).await.unwrap();
        let mut reads = LogReads::default();
        let mut begun = Vec::new();
        for number in 0..6 {
            let person = Person::stdin();
            let visit = (number % 2 == 0).then(|| Box::new(hub.visit(&person, vec![lobby.clone()], None)));
            let is_all = number < 3;
            let room = if is_all { hub.everything.clone() } else { hub.room(&lobby).unwrap() };
            let ended = Ended {
                key: visit.is_some(),
                after,
                seen: Seen::TooOld,
                room: Some(room),
                rooms: Vec::new(),
                visit,
            };
            begun.push(reads.begin(&hub, ended));
        }
        assert_eq!((reads.readings.len(), reads.answers.len()), (2, 2));
        for (is_here, read) in begun {
            let batch: Batch = serde_json::from_slice(&read.await.unwrap().body).unwrap();
            assert_eq!((batch.entries.len(), batch.presence.is_some()), (1, is_here));
        }
    }
}
