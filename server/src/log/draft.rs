//! What somebody wants appended.

use holdline_shared::{Emoji, MessageText, Person, PersonId, PublishKey, RoomName, Seq, Topic};

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
    /// The first entry of every log.
    pub(crate) fn lobby() -> Self {
        Self { author: house(), room: RoomName::lobby(), kind: DraftKind::Room { topic: None } }
    }
}

/// Holdline itself, as an author.
fn house() -> Person {
    // Both words are valid; the test below holds them to it.
    let (Ok(id), Ok(name)) = (PersonId::parse("holdline"), "Holdline".parse()) else { unreachable!() };
    Person { id, name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_has_a_valid_name() {
        assert_eq!(Draft::lobby().author.name.as_str(), "Holdline");
    }
}
