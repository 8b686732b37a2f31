//! Reading the log for polls whose entries are not cached. Polls that ask the same share one read, and where they have to be
//! told the same of presence, one answer.

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

/// An answer to come.
pub(crate) type LogRead = Shared<BoxFuture<'static, Result<Answer, PollError>>>;

/// What a poll is answered with.
pub(crate) enum Reply {
    Ready(Answer),
    /// The log is being read.
    Reading(LogRead),
}

/// Which rooms are read, all of them for `None`, and from where.
type ReadKey = (Epoch, Option<Vec<RoomName>>, Seq);

/// Entries to come.
type Reading = Shared<BoxFuture<'static, Result<Arc<ReadEntries>, PollError>>>;

/// Reads that were begun in one pass over held polls.
#[derive(Default)]
pub(crate) struct LogReads {
    readings: HashMap<ReadKey, Reading>,
    answers: HashMap<(ReadKey, Option<Tag>), LogRead>,
}

impl LogReads {
    /// Answers a poll, or begins to read what it has to be answered with; and by what key its keeper knows it.
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
