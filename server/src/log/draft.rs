//! What somebody wants appended.

use holdline_shared::{Emoji, MessageText, Person, PublishKey, RoomName, Seq, Topic};

use crate::random;

/// A wish to append, not yet checked against the log.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Who wants it.
    pub author: Person,
    /// Where.
    pub room: RoomName,
    /// What.
    pub kind: DraftKind,
}

/// What is wanted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DraftKind {
    /// Say something.
    Message {
        /// Makes a repetition harmless.
        key: PublishKey,
        /// What to say.
        text: MessageText,
        /// The message that it answers.
        reply_to: Option<Seq>,
        /// Make the room if there is none of that name.
        makes_room: bool,
    },
    /// Change an own message.
    Edit {
        /// Which.
        target: Seq,
        /// What it shall say.
        text: MessageText,
    },
    /// Delete an own message.
    Delete {
        /// Which.
        target: Seq,
    },
    /// Put a reaction or take it back.
    Reaction {
        /// On which message.
        target: Seq,
        /// Which.
        emoji: Emoji,
        /// Put or take back.
        on: bool,
    },
    /// Make a room or change its topic; `None` leaves the topic of an existing room as it is.
    Room {
        /// What it shall be about.
        topic: Option<Topic>,
    },
}

impl Draft {
    /// Says something, with a key of its own; makes the room if need be. For authors that do not repeat themselves:
    /// programs in the server's own process.
    pub fn say(author: Person, room: RoomName, text: MessageText) -> Self {
        let key = PublishKey::from_random(random::bytes());
        Self { author, room, kind: DraftKind::Message { key, text, reply_to: None, makes_room: true } }
    }

    /// The first entry of every log.
    pub(crate) fn lobby() -> Self {
        Self { author: Person::house(), room: RoomName::lobby(), kind: DraftKind::Room { topic: None } }
    }
}
