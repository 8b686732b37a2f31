//! Holding and answering polls.

use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use holdline_shared::{After, Cursor, EntryKind, MessageText, Presence, RoomName, RoomSelection, Seq};
use thiserror::Error;
use tokio::time::Instant;

use super::Hub;
use super::held::Ended;
use super::room::Room;
use super::visit::Visit;
use super::wait::{Seen, Wants};
use crate::log::{Committed, LogError};

/// A poll's answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The batch as JSON; the same buffer for everyone who asked the same.
    pub body: Bytes,
    /// The batch's cursor.
    pub cursor: Cursor,
    /// Whether the batch brings anything.
    pub is_empty: bool,
}

/// The next message of a room.
#[derive(Debug, Clone)]
pub struct Said {
    /// What was said; `None` when the time was up first.
    pub text: Option<MessageText>,
    /// Where to go on from.
    pub cursor: Cursor,
}

/// Why a poll cannot be answered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PollError {
    /// A named room is not there.
    #[error("there is no room {0:?}; PUT it to make it")]
    UnknownRoom(RoomName),
    /// The cursor is from another life of the log; this is where the present one stands.
    #[error("the log was replaced or restored since this cursor; fetch history and go on from its cursor")]
    EpochChanged(Cursor),
    /// Some of what came after the cursor was forgotten; this is where the log stands now.
    #[error(
        "entries up to {forgotten} of these rooms are no longer kept; fetch history and go on from its cursor"
    )]
    Gap {
        /// The newest entry that is gone.
        forgotten: Seq,
        /// The log's head.
        cursor: Cursor,
    },
    /// As many polls are held as may be.
    #[error("the server holds as many requests as it may; come back in a moment")]
    Overloaded,
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Entries that a poll has to bring, and how far they reach.
pub(super) struct Found {
    pub(super) entries: Vec<Arc<Committed>>,
    pub(super) upto: Seq,
}

/// The longest hold on a server that is full.
const CROWDED_WAIT: Duration = Duration::from_secs(1);

impl Hub {
    /// Answers with everything that `rooms` have after `after`, waiting for up to `wait` when there is nothing. With a
    /// `visit`, presence is part of the answer, and a change of it ends the wait, too.
    ///
    /// Cancelling it, by dropping the future, leaves nothing behind.
    pub async fn poll(
        &self,
        rooms: &RoomSelection,
        after: After,
        wait: Duration,
        visit: Option<&Visit>,
    ) -> Result<Answer, PollError> {
        let watched = self.watched(rooms)?;
        let after = self.resolve(after)?;
        let asked = wait;
        let wait = self.grant(asked).inspect_err(|_| self.metrics.polls_refused.increment())?;
        if self.is_shortened(asked, wait) && self.look(&watched, after, Wants::Answer).is_none() {
            self.metrics.polls_shortened.increment();
        }
        let seen = self.wait(&watched, after, wait, Wants::Answer, visit).await;
        let presence = visit.and_then(Visit::news);
        match seen {
            Seen::TooOld => {}
            // Presence changed just now: read once more and encode for this one alone.
            Seen::Shared(..) if presence.is_some() => {}
            seen => {
                let room = if let [room] = watched.as_slice() { Some(&**room) } else { None };
                return self.answer(seen, after, room, presence.as_ref());
            }
        }
        let found = self.read(rooms, after).await?;
        self.answer(Seen::Entries(found.entries, found.upto), after, None, presence.as_ref())
    }

    /// Checks where a poll begins and how long it may wait, as [`Hub::poll`] does, for those who hold it by themselves and
    /// then count it by [`Hub::note_hold`].
    pub(crate) fn admit(&self, after: After, wait: Duration) -> Result<(Seq, Duration), PollError> {
        Ok((self.resolve(after)?, self.grant(wait)?))
    }

    /// Counts a poll whose hold begins, if it is shorter than it asked for.
    pub(crate) fn note_hold(&self, asked: Duration, granted: Duration) {
        if self.is_shortened(asked, granted) {
            self.metrics.polls_shortened.increment();
        }
    }

    /// Whether the server holds a poll for less than it holds others.
    fn is_shortened(&self, asked: Duration, granted: Duration) -> bool {
        granted < asked.min(self.config.max_wait)
    }

    /// The answer to a poll that an event loop held, and by what key it knows it. One for which the log has to be read is
    /// for [`LogReads`](super::LogReads).
    pub(crate) fn conclude<K>(&self, ended: Ended<K>) -> (K, Result<Answer, PollError>) {
        let Ended { key, after, seen, room, visit, .. } = ended;
        // An answer that was encoded for others has no presence in it.
        let presence = visit.filter(|_| !matches!(seen, Seen::Shared(..))).and_then(|visit| visit.news());
        (key, self.answer(seen, after, room.as_deref(), presence.as_ref()))
    }

    /// Encodes what was seen, or finds it encoded. `room` is the only one that was looked at, whose others may have the
    /// same answer.
    pub(super) fn answer(
        &self,
        seen: Seen,
        after: Seq,
        room: Option<&Room>,
        presence: Option<&Presence>,
    ) -> Result<Answer, PollError> {
        let (entries, upto) = match seen {
            Seen::Shared(body, upto) => {
                return Ok(Answer { body, cursor: self.cursor(upto), is_empty: false });
            }
            Seen::Entries(entries, upto) => (entries, upto),
            Seen::Nothing(upto) => (Vec::new(), upto),
            // Nothing was looked at.
            Seen::TooOld => (Vec::new(), after),
        };
        let cursor = self.cursor(upto);
        let body = encode(&entries, cursor, self.config.wait, presence)?;
        if let (Some(room), None, false) = (room, presence, entries.is_empty()) {
            room.share_answer(after, upto, &body);
        }
        Ok(Answer { body, cursor, is_empty: entries.is_empty() && presence.is_none() })
    }

    /// Waits for the next message of one room, edits and other entries passed over. A room that does not exist yet may
    /// be waited for.
    pub async fn next_message(
        &self,
        room: &RoomName,
        after: After,
        wait: Option<Duration>,
    ) -> Result<Said, PollError> {
        let deadline = wait.map(|wait| Instant::now() + wait);
        let mut after = self.resolve(after)?;
        // Who waits for a room that is not there waits for everything until it is made.
        let selection = RoomSelection::Named(vec![room.clone()]);
        let mut is_noted = false;
        loop {
            let known = self.room(room);
            let watched = [known.unwrap_or_else(|| self.everything.clone())];
            // Without a limit the wait is renewed now and then; nobody is told.
            let left =
                deadline.map_or(self.config.max_wait, |end| end.saturating_duration_since(Instant::now()));
            let granted = self.grant(left).inspect_err(|_| self.metrics.polls_refused.increment())?;
            if self.is_shortened(left, granted) && !std::mem::replace(&mut is_noted, true) {
                self.metrics.polls_shortened.increment();
            }
            let found = match self.wait(&watched, after, granted, Wants::Entries, None).await {
                Seen::Entries(entries, upto) => Found { entries, upto },
                Seen::Shared(..) | Seen::TooOld => self.read(&selection, after).await?,
                Seen::Nothing(upto) => Found { entries: Vec::new(), upto },
            };
            let said = found.entries.iter().filter(|entry| entry.room == *room).find_map(|entry| match entry
                .decode()?
                .kind
            {
                EntryKind::Message { text: Some(text), .. } => Some((text, entry.seq)),
                _ => None,
            });
            if let Some((text, seq)) = said {
                return Ok(Said { text: Some(text), cursor: self.cursor(seq) });
            }
            after = found.upto;
            if self.is_closing() || deadline.is_some_and(|end| end <= Instant::now()) {
                return Ok(Said { text: None, cursor: self.cursor(after) });
            }
        }
    }

    /// How long a poll may be held that asked for `wait`. A full server holds shortly, then not at all.
    fn grant(&self, wait: Duration) -> Result<Duration, PollError> {
        let (held, most) = (self.held(), self.config.max_held);
        if held < most || wait.is_zero() {
            Ok(wait.min(self.config.max_wait))
        } else if held < most.saturating_mul(2) {
            Ok(wait.min(self.config.max_wait).min(CROWDED_WAIT))
        } else {
            Err(PollError::Overloaded)
        }
    }

    /// Checks where a poll begins.
    fn resolve(&self, after: After) -> Result<Seq, PollError> {
        match after {
            After::Now => Ok(self.head()),
            After::Start => Ok(Seq::START),
            After::At(cursor) => {
                // A cursor beyond the head is from a log that had more than this one: it was restored from a copy. The
                // log's own head is asked, because it may be ahead of the hub's for a moment.
                let is_beyond = cursor.seq > self.head() && !self.log.has_reached(cursor.seq);
                if cursor.epoch != self.log.epoch() || is_beyond {
                    return Err(PollError::EpochChanged(self.cursor(self.head())));
                }
                Ok(cursor.seq)
            }
        }
    }

    fn watched(&self, rooms: &RoomSelection) -> Result<Vec<Arc<Room>>, PollError> {
        match rooms {
            RoomSelection::All => Ok(vec![self.everything.clone()]),
            RoomSelection::Named(names) => names
                .iter()
                .map(|name| self.room(name).ok_or_else(|| PollError::UnknownRoom(name.clone())))
                .collect(),
        }
    }

    pub(super) async fn read(&self, rooms: &RoomSelection, after: Seq) -> Result<Found, PollError> {
        let chunk = self.log.read(rooms.clone(), after).await?;
        // Who asks for the beginning gets the beginning of what there is.
        if after != Seq::START && after < chunk.forgotten {
            return Err(PollError::Gap { forgotten: chunk.forgotten, cursor: self.cursor(self.head()) });
        }
        Ok(Found { entries: chunk.entries, upto: chunk.upto })
    }
}

/// Writes a batch around entries that are encoded already.
fn encode(
    entries: &[Arc<Committed>],
    cursor: Cursor,
    wait: Duration,
    presence: Option<&Presence>,
) -> Result<Bytes, PollError> {
    let entries_bytes: usize = entries.iter().map(|entry| entry.json.len() + 1).sum();
    let mut body = BytesMut::with_capacity(entries_bytes + 96);
    body.put_slice(b"{\"entries\":[");
    for (i, entry) in entries.iter().enumerate() {
        if i > 0 {
            body.put_u8(b',');
        }
        body.put_slice(&entry.json);
    }
    body.put_slice(format!("],\"cursor\":\"{cursor}\",\"wait\":{}", wait.as_secs()).as_bytes());
    if let Some(presence) = presence {
        let json = serde_json::to_vec(presence).map_err(|e| LogError::Unavailable(e.to_string()))?;
        body.put_slice(b",\"presence\":");
        body.put_slice(&json);
    }
    body.put_u8(b'}');
    Ok(body.freeze())
}

#[cfg(test)]
mod tests;
