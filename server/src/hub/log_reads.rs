//! Reading from the log for held polls whose entries are not at hand any more. Polls of one room that ask the same and
//! tell nobody that they are here share one read; every other poll has its own.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use holdline_shared::{RoomName, RoomSelection, Seq};

use super::Hub;
use super::held::Ended;
use super::poll::{Answer, PollError};
use super::room::Room;
use super::visit::Visit;
use super::wait::Seen;

/// The answer to come; `None` when not even an empty one could be made.
pub(crate) type LogRead = Shared<BoxFuture<'static, Option<Answer>>>;

/// Reads that were begun in one pass over held polls.
#[derive(Default)]
pub(crate) struct LogReads(HashMap<(RoomName, Seq), LogRead>);

impl LogReads {
    /// Begins to read what a poll has to be answered with, by what key its holder knows it.
    pub(crate) fn begin<K>(&mut self, hub: &Arc<Hub>, ended: Ended<K>) -> (K, LogRead) {
        let Ended { key, after, room, rooms, visit, .. } = ended;
        let watched = if rooms.is_empty() { room.into_iter().collect() } else { rooms };
        let selection = hub.selection(&watched);
        // What is told of presence is not shared with others.
        let only = match &selection {
            RoomSelection::Named(names) if names.len() == 1 && visit.is_none() => Some(names[0].clone()),
            RoomSelection::Named(_) | RoomSelection::All => None,
        };
        let read = match only {
            Some(name) => {
                let begun = self.0.entry((name, after));
                begun.or_insert_with(|| read(hub.clone(), selection, after, None)).clone()
            }
            None => read(hub.clone(), selection, after, visit),
        };
        (key, read)
    }
}

fn read(hub: Arc<Hub>, rooms: RoomSelection, after: Seq, visit: Option<Box<Visit>>) -> LogRead {
    async move {
        let seen = match hub.read(&rooms, after).await {
            Ok(found) => Seen::Entries(found.entries, found.upto),
            Err(error) => {
                // A gap is told to the poll that follows from the same position, which the router answers.
                if !matches!(error, PollError::Gap { .. }) {
                    tracing::debug!(%error, "a held poll is answered without what it waited for");
                }
                Seen::Nothing(after)
            }
        };
        let presence = visit.and_then(|visit| visit.news());
        hub.answer(seen, after, None, presence.as_ref()).ok()
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
