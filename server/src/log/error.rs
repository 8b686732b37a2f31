//! Errors of the log.

use thiserror::Error;

use crate::access::Denied;

/// The reason why a log did not append or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LogError {
    /// The draft conflicts with the log; a retry changes nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many appends or reads are waiting already, or a read took too long.
    #[error("the log has more to do than it can")]
    Busy,
    /// The disk is full. Nothing of the draft was stored.
    #[error("the disk is full")]
    Full,
    /// The storage failed in another way. Nothing of the draft was stored. The text is for the server's log.
    #[error("the log's storage failed: {0}")]
    Unavailable(String),
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// The reason why a draft conflicts with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The room does not exist.
    #[error("there is no such room; make it first")]
    UnknownRoom,
    /// The room has no such message.
    #[error("there is no such message in this room")]
    UnknownMessage,
    /// Another person wrote the message.
    #[error("only its author may change a message, and only they and the admins of the room may delete it")]
    NotAuthor,
    /// The message was deleted.
    #[error("this message was deleted")]
    MessageDeleted,
    /// The log has the maximum number of rooms.
    #[error("there are as many rooms as this server allows")]
    TooManyRooms,
    /// The message has the maximum number of different emoji.
    #[error("this message has as many different reactions as it may have")]
    TooManyEmoji,
    /// The message has the maximum number of edits.
    #[error("this message was edited as often as a message may be; write a new one")]
    TooManyEdits,
    /// The author may not do that.
    #[error(transparent)]
    Denied(#[from] Denied),
}
