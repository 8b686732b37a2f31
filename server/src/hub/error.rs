//! The reasons why a poll cannot be answered or a room cannot be read.

use holdline_shared::{Cursor, RoomName, Seq};
use thiserror::Error;

use super::feed::WaitKey;
use crate::log::LogError;
use crate::scope::Scope;

/// The error for a room that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such room")]
pub struct UnknownRoom;

/// The reason why a poll cannot be answered.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum PollError {
    /// A named room does not exist.
    #[error("there is no room {0:?}; PUT it to make it")]
    UnknownRoom(RoomName),
    /// The cursor is from another incarnation of the log; the new cursor is the end of the present one.
    #[error("the log was replaced or restored since this cursor; fetch history and go on from its cursor")]
    EpochChanged(Cursor),
    /// Retention has removed some entries after the cursor.
    #[error(
        "entries up to {forgotten} of these rooms are no longer kept; fetch history and go on from its cursor"
    )]
    Gap {
        /// The newest removed entry.
        forgotten: Seq,
        /// The log's present end.
        cursor: Cursor,
    },
    /// The session by which the reader came in, or the door that let them in, is over.
    #[error("this session is over; sign in again")]
    SessionOver,
    /// The maximum number of polls is held already.
    #[error("the server holds as many requests as it may; come back in a moment")]
    Overloaded,
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl PollError {
    /// The error for a feed that a reader with this scope may not wait for, which is that of a room that does not exist.
    pub(super) fn hidden(key: &WaitKey, scope: &Scope) -> Self {
        if scope.is_over() {
            return Self::SessionOver;
        }
        match key {
            WaitKey::Room(name) => Self::UnknownRoom(name.clone()),
            // The feed of all rooms always exists.
            WaitKey::AllRooms => Self::UnknownRoom(RoomName::lobby()),
        }
    }
}
