//! Answers to polls: encodes each batch once for all polls that ask the same, and reads entries that are not
//! cached from the log.

use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use holdline_shared::{Cursor, RoomSelection, Seq};

use super::collect::Found;
use super::error::PollError;
use super::poll_request::{Completed, Visibility};
use super::presence::PresenceUpdate;
use super::state::HubState;
use crate::log::{Log, StoredEntry};
use crate::scope::Scope;

/// A poll's answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The batch as JSON; one buffer for all polls that asked the same.
    pub body: Bytes,
    /// The batch's cursor.
    pub cursor: Cursor,
    /// Whether the batch contains neither entries nor news of people and memberships.
    pub is_empty: bool,
}

impl Answer {
    /// The same answer, which tells its reader of a change of memberships, too.
    fn with_memberships(self, memberships: Seq) -> Self {
        let mut body = BytesMut::from(self.body.strip_suffix(b"}").unwrap_or(&self.body));
        body.put_slice(format!(",\"memberships\":{memberships}}}").as_bytes());
        Self { body: body.freeze(), is_empty: false, ..self }
    }
}

/// Entries from the log, and the position that they reach.
pub(super) struct ReadEntries {
    pub(super) entries: Vec<Arc<StoredEntry>>,
    pub(super) upto: Seq,
}

/// Encodes answers.
pub(crate) struct Answers {
    log: Arc<dyn Log>,
    state: Arc<HubState>,
    /// The hold that is offered to clients.
    wait: Duration,
}

impl Answers {
    pub(super) fn new(log: Arc<dyn Log>, state: Arc<HubState>, wait: Duration) -> Self {
        Self { log, state, wait }
    }

    pub(super) fn log(&self) -> &Arc<dyn Log> {
        &self.log
    }

    /// The cursor of a position in the present log.
    pub(super) fn cursor(&self, seq: Seq) -> Cursor {
        Cursor { epoch: self.log.epoch(), seq }
    }

    /// Encodes the answer to a completed poll, and returns it with the keeper's key. The scope is asked again. A poll that
    /// needs the log belongs to [`LogReads`](super::log_reads::LogReads); here it is answered as if there were nothing.
    pub(crate) fn answer<K>(&self, completed: Completed<K>) -> (K, Result<Answer, PollError>) {
        let Completed { key, epoch, after, found, has_news, view } = completed;
        let at = |seq| Cursor { epoch, seq };
        let is_encoded = matches!(found, Found::Shared(..));
        // Before the scope is asked, so that it is asked about what is shown.
        let update = if has_news && !is_encoded { view.presence_update() } else { None };
        let visibility = match view.visibility() {
            Err(error) => return (key, Err(error)),
            Ok(Visibility::None) => return (key, Ok(self.nothing(at(after)))),
            Ok(visibility) => visibility,
        };
        let is_full = visibility == Visibility::Full;
        let (mut entries, upto, is_shareable) = match found {
            Found::Shared(body, upto) if is_full => {
                return (key, Ok(Answer { body, cursor: at(upto), is_empty: false }));
            }
            // A shared answer may have entries that are hidden by now; the next poll gets the others.
            Found::Shared(..) | Found::NotCached => (Vec::new(), after, false),
            Found::Entries(entries, upto) => (entries, upto, is_full),
            Found::Filtered(entries, upto) => (entries, upto, false),
            // Entries may have been passed over because they were hidden a moment ago.
            Found::Nothing(upto) => {
                let is_beyond = view.feeds.as_slice().iter().any(|feed| feed.is_beyond(after));
                (Vec::new(), upto, is_full && !is_beyond)
            }
        };
        if !is_full {
            entries.retain(|entry| view.scope.allows(&entry.room));
        }
        let answer = self.encode(&entries, at(upto), update.as_ref());
        if let Some(memberships) = view.scope.membership_news() {
            return (key, Ok(answer.with_memberships(memberships)));
        }
        if let ([feed], true, false) = (view.feeds.as_slice(), is_shareable, answer.is_empty) {
            feed.share_answer(after, update.map(|update| update.tag), upto, &answer.body);
        }
        (key, Ok(answer))
    }

    /// An empty answer.
    pub(crate) fn nothing(&self, upto: Cursor) -> Answer {
        self.encode(&[], upto, None)
    }

    /// Reads the entries for a poll from the log.
    pub(super) async fn read(
        &self,
        scope: &Scope,
        rooms: RoomSelection,
        after: Seq,
    ) -> Result<ReadEntries, PollError> {
        let chunk = self.log.read(scope, rooms, after).await?;
        // A reader from the very beginning gets the oldest entries that still exist.
        if after != Seq::START && after < chunk.forgotten {
            let cursor = self.cursor(self.state.head());
            return Err(PollError::Gap { forgotten: chunk.forgotten, cursor });
        }
        Ok(ReadEntries { entries: chunk.entries, upto: chunk.upto })
    }

    /// Encodes a batch around entries and presence that are JSON already. A poll of an earlier incarnation of
    /// the log gets an empty answer: its next one is told that the epoch has changed.
    pub(super) fn encode(
        &self,
        entries: &[Arc<StoredEntry>],
        cursor: Cursor,
        presence: Option<&PresenceUpdate>,
    ) -> Answer {
        let entries = if cursor.epoch == self.log.epoch() { entries } else { &[] };
        let bytes: usize = entries.iter().map(|entry| entry.json.len() + 1).sum();
        let bytes = bytes + presence.map_or(0, |presence| presence.json.len() + 16) + 96;
        let mut body = BytesMut::with_capacity(bytes);
        body.put_slice(b"{\"entries\":[");
        for (i, entry) in entries.iter().enumerate() {
            if i > 0 {
                body.put_u8(b',');
            }
            body.put_slice(&entry.json);
        }
        body.put_slice(format!("],\"cursor\":\"{cursor}\",\"wait\":{}", self.wait.as_secs()).as_bytes());
        if let Some(presence) = presence {
            body.put_slice(b",\"presence\":");
            body.put_slice(&presence.json);
        }
        body.put_u8(b'}');
        Answer { body: body.freeze(), cursor, is_empty: entries.is_empty() && presence.is_none() }
    }
}
