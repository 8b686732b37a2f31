//! Waiting for the next message of one room: what the classic routes and scripts ask. It looks by itself, and polls to sleep.

use std::time::Duration;

use holdline_shared::{After, Cursor, EntryKind, MessageText, RoomName, RoomSelection, Seq};

use super::answers::ReadEntries;
use super::collect::{Found, Reuse};
use super::error::PollError;
use super::feed::WaitKey;
use super::poll_request::PollRequest;
use super::polls::Polls;
use super::sync::now;
use crate::scope::Scope;

/// The next message of a room.
#[derive(Debug, Clone)]
pub struct NextMessage {
    /// What was said; `None` when the time was up first.
    pub text: Option<MessageText>,
    /// Where to go on from.
    pub cursor: Cursor,
}

impl Polls {
    /// Waits for the next message, edits and other entries passed over. A room that does not exist yet may be waited for.
    pub(super) async fn next_message(
        &self,
        scope: &Scope,
        room: &RoomName,
        after: After,
        wait: Option<Duration>,
    ) -> Result<NextMessage, PollError> {
        let deadline = wait.map(|wait| now() + wait);
        let key = WaitKey::Room(room.clone());
        let mut after = self.resolve(after)?;
        let epoch = after.epoch;
        let mut is_counted = false;
        loop {
            // A room that may not be read is waited for like one that is not there.
            let found = if scope.allows(room) {
                self.next_entries(scope, &key, after.seq).await?
            } else {
                ReadEntries { entries: Vec::new(), upto: self.state.head().max(after.seq) }
            };
            if self.state.epoch() != epoch {
                return Err(PollError::EpochChanged(self.answers.cursor(self.state.head())));
            }
            let message = found.entries.iter().filter(|entry| entry.room == *room).find_map(|entry| {
                match entry.decode()?.kind {
                    EntryKind::Message { text: Some(text), .. } => Some((text, entry.seq)),
                    _ => None,
                }
            });
            if let Some((text, seq)) = message {
                return Ok(NextMessage { text: Some(text), cursor: Cursor { epoch, seq } });
            }
            after.seq = found.upto;
            if !found.entries.is_empty() {
                continue;
            }
            let now = now();
            if self.state.is_closing() || deadline.is_some_and(|end| end <= now) {
                return Ok(NextMessage { text: None, cursor: after });
            }
            // Without a limit the wait is renewed now and then; nobody is told.
            let left = deadline.map_or(self.max_wait, |end| end.saturating_duration_since(now));
            let mut admitted =
                self.grant(scope, after, left).inspect_err(|error| self.count_refused(error))?;
            admitted.is_shortened &= !is_counted;
            is_counted |= admitted.is_shortened;
            // Who waits for a room that is not there waits for all rooms until it is made.
            let rooms = match self.state.feed(&key) {
                Some(_) if scope.allows(room) => RoomSelection::Named(vec![room.clone()]),
                _ => RoomSelection::All,
            };
            match self.tasks.reply(PollRequest { rooms: &rooms, admitted, presence: None }).await {
                // Whatever it is, the next look finds it.
                Ok(_) | Err(PollError::UnknownRoom(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What the room, or all rooms as long as there is no such room, have after a position.
    async fn next_entries(&self, scope: &Scope, key: &WaitKey, after: Seq) -> Result<ReadEntries, PollError> {
        let feed = self.state.feed(key).unwrap_or_else(|| self.state.all_rooms());
        match self.state.check(&[feed], scope, after, Reuse::Nothing, true) {
            Some(Found::Entries(entries, upto)) => Ok(ReadEntries { entries, upto }),
            Some(Found::NotCached) => {
                let WaitKey::Room(room) = key else {
                    return Ok(ReadEntries { entries: Vec::new(), upto: after });
                };
                self.answers.read(scope, RoomSelection::Named(vec![room.clone()]), after).await
            }
            Some(Found::Nothing(upto) | Found::Shared(_, upto)) => {
                Ok(ReadEntries { entries: Vec::new(), upto })
            }
            None => Ok(ReadEntries { entries: Vec::new(), upto: after }),
        }
    }
}
