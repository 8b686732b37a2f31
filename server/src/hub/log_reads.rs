//! Reads the log for polls whose entries are not cached. Polls that ask the same share one read, and if their
//! presence is the same, one answer too, and each is asked for its scope once that is there. Readers of all rooms from whom
//! some are hidden share nothing.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use holdline_shared::{Cursor, Epoch, RoomName, RoomSelection, Seq};

use super::answers::{Answer, Answers, ReadEntries};
use super::error::PollError;
use super::feed::{Tag, selection};
use super::poll_request::{Completed, View, Visibility};
use super::presence::PresenceUpdate;
use crate::scope::EVERY_ROOM;

/// A pending answer to one poll.
pub(crate) type LogRead = BoxFuture<'static, Result<Answer, PollError>>;

/// The reply to a poll.
pub(crate) enum Reply {
    Ready(Result<Answer, PollError>),
    /// The log is being read.
    Reading(LogRead),
}

/// The key of a read: the rooms (`None` for all) and the position after which it begins.
type ReadKey = (Epoch, Option<Vec<RoomName>>, Seq);

/// Pending entries.
type Reading = Shared<BoxFuture<'static, Result<Arc<ReadEntries>, PollError>>>;

/// A pending answer that polls share.
type SharedAnswer = Shared<BoxFuture<'static, Result<Answer, PollError>>>;

/// The reads that were begun during one pass over held polls.
#[derive(Default)]
pub(crate) struct LogReads {
    readings: HashMap<ReadKey, Reading>,
    answers: HashMap<(ReadKey, Option<Tag>), SharedAnswer>,
}

impl LogReads {
    /// Answers a poll, or begins the read that its answer needs; returns the reply with the keeper's key.
    pub(crate) fn reply<K>(&mut self, answers: &Arc<Answers>, completed: Completed<K>) -> (K, Reply) {
        if !completed.needs_log() {
            let (key, answer) = answers.answer(completed);
            return (key, Reply::Ready(answer));
        }
        let Completed { key, epoch, after, has_news, view, .. } = completed;
        let update = if has_news { view.presence_update() } else { None };
        let is_filtered = matches!(view.feeds.as_slice(), [feed] if feed.key().is_filtered_by(&view.scope));
        let after = Cursor { epoch, seq: after };
        let read = if is_filtered {
            filtered(answers.clone(), after, view, update).boxed()
        } else {
            let shared = self.share(answers, after, &view, update);
            checked(answers.clone(), after, view, shared).boxed()
        };
        (key, Reply::Reading(read))
    }

    /// The answer for all readers that may read these rooms.
    fn share(
        &mut self,
        answers: &Arc<Answers>,
        after: Cursor,
        view: &View,
        update: Option<PresenceUpdate>,
    ) -> SharedAnswer {
        let rooms = selection(view.feeds.as_slice());
        let names = match &rooms {
            RoomSelection::Named(names) => Some(names.clone()),
            RoomSelection::All => None,
        };
        let read_key = (after.epoch, names, after.seq);
        let begun = self.readings.entry(read_key.clone());
        let reading = begun.or_insert_with(|| read(answers.clone(), rooms, after.seq)).clone();
        let begun = self.answers.entry((read_key, update.as_ref().map(|update| update.tag)));
        begun.or_insert_with(|| answer(answers.clone(), after.epoch, reading, update)).clone()
    }
}

/// Reads for readers of every room; each of them is checked when the answer is there.
fn read(answers: Arc<Answers>, rooms: RoomSelection, after: Seq) -> Reading {
    async move { answers.read(EVERY_ROOM, rooms, after).await.map(Arc::new) }.boxed().shared()
}

fn answer(
    answers: Arc<Answers>,
    epoch: Epoch,
    reading: Reading,
    update: Option<PresenceUpdate>,
) -> SharedAnswer {
    async move {
        let read = reading.await?;
        Ok(answers.encode(&read.entries, Cursor { epoch, seq: read.upto }, update.as_ref()))
    }
    .boxed()
    .shared()
}

/// Hands a shared answer to a reader who may still see all of it, and an empty one to a reader from whom some of it is hidden.
async fn checked(
    answers: Arc<Answers>,
    after: Cursor,
    view: View,
    shared: SharedAnswer,
) -> Result<Answer, PollError> {
    let answer = shared.await;
    match view.visibility()? {
        Visibility::Full => answer,
        Visibility::Filtered | Visibility::None => Ok(answers.nothing(after)),
    }
}

/// Reads all rooms for a reader from whom some are hidden.
async fn filtered(
    answers: Arc<Answers>,
    after: Cursor,
    view: View,
    update: Option<PresenceUpdate>,
) -> Result<Answer, PollError> {
    let mut read = answers.read(&view.scope, RoomSelection::All, after.seq).await?;
    if view.visibility()? == Visibility::None {
        return Ok(answers.nothing(after));
    }
    read.entries.retain(|entry| view.scope.allows(&entry.room));
    Ok(answers.encode(&read.entries, Cursor { seq: read.upto, ..after }, update.as_ref()))
}

#[cfg(test)]
mod tests;
