//! Reads the log for polls whose entries are not cached. Polls that ask the same share one read, and if their
//! presence is the same, one answer too.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use holdline_shared::{Cursor, Epoch, RoomName, RoomSelection, Seq};

use super::answers::{Answer, Answers, ReadEntries};
use super::error::PollError;
use super::feed::{Tag, selection};
use super::poll_request::Completed;
use super::presence::PresenceUpdate;
use crate::scope::Scope;

/// A pending answer.
pub(crate) type LogRead = Shared<BoxFuture<'static, Result<Answer, PollError>>>;

/// The reply to a poll.
pub(crate) enum Reply {
    Ready(Answer),
    /// The log is being read.
    Reading(LogRead),
}

/// The key of a read: the rooms (`None` for all) and the position after which it begins.
type ReadKey = (Epoch, Option<Vec<RoomName>>, Seq);

/// Pending entries.
type Reading = Shared<BoxFuture<'static, Result<Arc<ReadEntries>, PollError>>>;

/// The reads that were begun during one pass over held polls.
#[derive(Default)]
pub(crate) struct LogReads {
    readings: HashMap<ReadKey, Reading>,
    answers: HashMap<(ReadKey, Option<Tag>), LogRead>,
}

impl LogReads {
    /// Answers a poll, or begins the read that its answer needs; returns the reply with the keeper's key.
    pub(crate) fn reply<K>(&mut self, answers: &Arc<Answers>, completed: Completed<K>) -> (K, Reply) {
        if !completed.needs_log() {
            let (key, answer) = answers.answer(completed);
            return (key, Reply::Ready(answer));
        }
        let Completed { key, scope, epoch, after, presence, feeds, .. } = completed;
        // Those who may read the same share a read.
        let rooms = scope.narrow(selection(feeds.as_slice()));
        let names = match &rooms {
            RoomSelection::Named(names) => Some(names.clone()),
            RoomSelection::All => None,
        };
        let read_key = (epoch, names, after);
        let begun = self.readings.entry(read_key.clone());
        let reading = begun.or_insert_with(|| read(answers.clone(), scope, rooms, after)).clone();
        let begun = self.answers.entry((read_key, presence.as_ref().map(|presence| presence.tag)));
        let read = begun.or_insert_with(|| answer(answers.clone(), epoch, reading, presence)).clone();
        (key, Reply::Reading(read))
    }
}

fn read(answers: Arc<Answers>, scope: Scope, rooms: RoomSelection, after: Seq) -> Reading {
    async move { answers.read(&scope, rooms, after).await.map(Arc::new) }.boxed().shared()
}

fn answer(
    answers: Arc<Answers>,
    epoch: Epoch,
    reading: Reading,
    presence: Option<PresenceUpdate>,
) -> LogRead {
    async move {
        let read = reading.await?;
        Ok(answers.encode(&read.entries, Cursor { epoch, seq: read.upto }, presence.as_ref()))
    }
    .boxed()
    .shared()
}

#[cfg(test)]
mod tests;
