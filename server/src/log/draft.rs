//! Drafts: what clients want appended.

use holdline_shared::{Emoji, MessageText, Person, PublishKey, RoomName, Seq, Topic};

use crate::random;

/// Something to append, not yet checked against the log.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The author.
    pub author: Person,
    /// The room.
    pub room: RoomName,
    /// The content.
    pub kind: DraftKind,
}

/// The content of a draft.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum DraftKind {
    /// A message.
    Message {
        /// Makes a repetition harmless.
        key: PublishKey,
        /// Its text.
        text: MessageText,
        /// The message that it answers.
        reply_to: Option<Seq>,
        /// Make the room if there is none of that name.
        makes_room: bool,
    },
    /// Another text for a message of the author's.
    Edit {
        /// The message.
        target: Seq,
        /// The new text.
        text: MessageText,
    },
    /// The end of a message of the author's.
    Delete {
        /// The message.
        target: Seq,
    },
    /// A reaction, put or taken back.
    Reaction {
        /// The message.
        target: Seq,
        /// The emoji.
        emoji: Emoji,
        /// Whether it is put.
        on: bool,
    },
    /// A room, made or given another topic; `None` leaves the topic of an existing room as it is.
    Room {
        /// The topic.
        topic: Option<Topic>,
    },
}

impl Draft {
    /// A message with a key of its own that makes the room if there is none. For authors that never retry: programs in
    /// the server's own process.
    pub fn say(author: Person, room: RoomName, text: MessageText) -> Self {
        let key = PublishKey::from_random(random::bytes());
        Self { author, room, kind: DraftKind::Message { key, text, reply_to: None, makes_room: true } }
    }

    /// The first entry of every log.
    pub(crate) fn lobby() -> Self {
        Self { author: Person::house(), room: RoomName::lobby(), kind: DraftKind::Room { topic: None } }
    }
}
