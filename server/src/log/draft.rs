//! Drafts: what clients want appended.

use holdline_shared::{
    Emoji, MemberChange, MessageText, Person, PolicyChange, PublishKey, RoomName, Seq, Topic,
};

use crate::access::AccessChange;
use crate::random;

/// An entry that a client wants appended, not yet checked against the log.
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
        /// The key that makes a retry harmless.
        key: PublishKey,
        /// The text.
        text: MessageText,
        /// The message to which this one replies.
        reply_to: Option<Seq>,
        /// Make the room if there is none of that name.
        makes_room: bool,
    },
    /// A new text for a message of the author's.
    Edit {
        /// The message.
        target: Seq,
        /// The new text.
        text: MessageText,
    },
    /// The deletion of a message of the author's, or of another's if the author moderates the room.
    Delete {
        /// The message.
        target: Seq,
    },
    /// The deletion of a message of the author's, whatever else the author may do.
    DeleteOwn {
        /// The message.
        target: Seq,
    },
    /// A reaction, added or removed.
    Reaction {
        /// The message.
        target: Seq,
        /// The emoji.
        emoji: Emoji,
        /// Whether the reaction is added.
        on: bool,
    },
    /// The creation of a room, or a change of its topic or its rules; `None` leaves what an existing room has.
    Room {
        /// The topic.
        topic: Option<Topic>,
        /// The change of the rules.
        policy: Option<PolicyChange>,
    },
    /// A change of the room's members.
    Member(MemberChange),
    /// A person for whom the author opens a direct room.
    DirectMember(Person),
    /// A change of who may do what that concerns no room; its room is the reserved one.
    Access(AccessDraft),
}

/// A change of access, opaque to embedders.
#[derive(Debug, Clone)]
pub struct AccessDraft(pub(crate) AccessChange);

impl DraftKind {
    /// The creation of a room without a topic and with the default rules.
    pub fn room() -> Self {
        Self::Room { topic: None, policy: None }
    }
}

impl Draft {
    /// Makes a message with a random key that creates the room if it does not exist. For authors that never
    /// retry: programs in the server's own process.
    pub fn say(author: Person, room: RoomName, text: MessageText) -> Self {
        let key = PublishKey::from_random(random::bytes());
        Self { author, room, kind: DraftKind::Message { key, text, reply_to: None, makes_room: true } }
    }

    /// Makes the draft of every log's first entry.
    pub(crate) fn lobby() -> Self {
        Self { author: Person::house(), room: RoomName::lobby(), kind: DraftKind::room() }
    }

    /// Whether the draft changes more than it appends, so that no other shares its transaction and followers are told of
    /// its effects in their place.
    pub(super) fn stands_alone(&self) -> bool {
        let DraftKind::Access(AccessDraft(change)) = &self.kind else { return false };
        matches!(change, AccessChange::RoomDeleted { .. } | AccessChange::Erased { .. })
    }

    /// Makes the draft of a change of access.
    pub(crate) fn access(author: Person, change: AccessChange) -> Self {
        Self { author, room: RoomName::reserved_access(), kind: DraftKind::Access(AccessDraft(change)) }
    }
}
