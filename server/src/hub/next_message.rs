//! Waits for the next message of one room, for the classic routes and scripts. Reads by itself, and holds a
//! poll to sleep.

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
    /// The message's text; `None` when the time was up first.
    pub text: Option<MessageText>,
    /// The cursor for the next call.
    pub cursor: Cursor,
}

impl Polls {
    /// Waits for the next message, skipping edits and other entries. The room may not exist yet.
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
            if scope.is_over() {
                return Err(PollError::SessionOver);
            }
            // A room that may not be read is treated like one that does not exist.
            let upto = self.state.head().max(after.seq);
            let mut found = ReadEntries { entries: Vec::new(), upto };
            if scope.allows(room) {
                found = self.next_entries(scope, &key, after.seq).await?;
                // Asked again now that the entries are in hand.
                found.entries.retain(|entry| scope.allows(&entry.room));
            }
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
            // Without a limit the wait is renewed periodically, invisibly for the caller.
            let left = deadline.map_or(self.max_wait, |end| end.saturating_duration_since(now));
            let mut admitted =
                self.grant(scope, after, left).inspect_err(|error| self.count_refused(error))?;
            admitted.is_shortened &= !is_counted;
            is_counted |= admitted.is_shortened;
            // A wait for a room that does not exist watches all rooms until it is created.
            let rooms = match self.state.feed(&key) {
                Some(_) if scope.allows(room) => RoomSelection::Named(vec![room.clone()]),
                _ => RoomSelection::All,
            };
            match self.tasks.reply(PollRequest { rooms: &rooms, admitted, presence: None }).await {
                // The next look finds whatever has changed.
                Ok(_) | Err(PollError::UnknownRoom(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The entries of the room after a position, or of all rooms while the room does not exist.
    async fn next_entries(&self, scope: &Scope, key: &WaitKey, after: Seq) -> Result<ReadEntries, PollError> {
        let feed = self.state.feed(key).unwrap_or_else(|| self.state.all_rooms());
        match self.state.check(&[feed], scope, after, Reuse::Nothing, true) {
            Some(Found::Entries(entries, upto) | Found::Filtered(entries, upto)) => {
                Ok(ReadEntries { entries, upto })
            }
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
