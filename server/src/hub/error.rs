//! Why a poll cannot be answered, and why a room cannot be read.

use holdline_shared::{Cursor, RoomName, Seq};
use thiserror::Error;

use super::feed::WaitKey;
use crate::log::LogError;

/// The room is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such room")]
pub struct UnknownRoom;

/// Why a poll cannot be answered.
#[derive(Debug, Clone, Error)]
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

impl PollError {
    /// That there is no room of this key.
    pub(super) fn unknown_room(key: &WaitKey) -> Self {
        match key {
            WaitKey::Room(name) => Self::UnknownRoom(name.clone()),
            // All rooms are always there.
            WaitKey::AllRooms => Self::UnknownRoom(RoomName::lobby()),
        }
    }
}
