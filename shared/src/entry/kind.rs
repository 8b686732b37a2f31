//! The kinds of entries, and all that other code needs to know about one: its target, its text, its form after a
//! deletion and its summary. Code that only needs these does not match on kinds. `entry.rs` reads kinds from JSON.

use serde::{Deserialize, Serialize};

use crate::{
    Emoji, MessageText, Person, PublishKey, Role, RoomPolicy, Seq, Timestamp, Topic, Visibility, Writers,
};

/// The change that an entry records; in JSON the field `kind` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryKind {
    /// A new message.
    Message {
        /// The key that the author's client gave it, by which that client recognises its own message.
        key: PublishKey,
        /// The text; `null` once the message is deleted.
        text: Option<MessageText>,
        /// The message that this one answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// A new text for a message, from its author.
    Edit {
        /// The message.
        target: Seq,
        /// The new text; `null` once the message is deleted.
        text: Option<MessageText>,
    },
    /// The deletion of a message by its author.
    Delete {
        /// The message.
        target: Seq,
    },
    /// A reaction to a message, added or removed.
    Reaction {
        /// The message.
        target: Seq,
        /// The emoji.
        emoji: Emoji,
        /// Added (`true`) or removed.
        on: bool,
    },
    /// The creation of the room, or a change of its topic or its rules.
    Room {
        /// The topic from now on; may be empty.
        topic: Topic,
        /// The rules from now on; absent if they stay as they were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Box<RoomPolicy>>,
    },
    /// A change of a part in the room: a person joined, left, was added or removed, got another role, or may not write for a time.
    Member(Box<MemberChange>),
    /// A change that concerns no room: of the door, of a person, of an invite. Stands in a room that nobody may read.
    Access {
        /// The change, in JSON that only the server reads.
        change: String,
    },
    /// A kind that this version does not know or cannot read, from a newer server. This version never writes one.
    #[serde(untagged)]
    Unknown {
        /// The kind's name, as received.
        kind: String,
    },
}

/// A person's part in a room from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberChange {
    /// The person.
    pub person: Person,
    /// The person's role.
    pub role: Role,
    /// The end of a removal, until when the person may not come back; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The time until which the person may not write here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// The reason, for everybody in the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Topic>,
}

impl EntryKind {
    /// The message that this entry changes; `None` for a message itself and for kinds that change none.
    pub fn target(&self) -> Option<Seq> {
        match self {
            Self::Edit { target, .. } | Self::Delete { target } | Self::Reaction { target, .. } => {
                Some(*target)
            }
            Self::Message { .. }
            | Self::Room { .. }
            | Self::Member(_)
            | Self::Access { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// The text of a message or an edit; `None` for other kinds and once the message is deleted.
    pub fn text(&self) -> Option<&MessageText> {
        match self {
            Self::Message { text, .. } | Self::Edit { text, .. } => text.as_ref(),
            _ => None,
        }
    }

    /// The kind without its text, as the log keeps it after the deletion of its message.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        if let Self::Message { text, .. } | Self::Edit { text, .. } = &mut self {
            *text = None;
        }
        self
    }

    /// The predicate of a sentence about the author, such as `edited “hello”`; `None` for a message, whose text needs
    /// none. `name` names the target. The result contains other people's text: escape it where that matters.
    pub fn summary(&self, name: impl FnOnce(Seq) -> String) -> Option<String> {
        Some(match self {
            Self::Message { .. } => return None,
            Self::Edit { target, .. } => format!("edited {}", name(*target)),
            Self::Delete { target } => format!("deleted {}", name(*target)),
            Self::Reaction { target, emoji, on: true } => format!("put {emoji} on {}", name(*target)),
            Self::Reaction { target, emoji, on: false } => format!("took {emoji} from {}", name(*target)),
            Self::Room { policy: Some(policy), .. } => rules(policy),
            Self::Room { topic, .. } if topic.as_str().is_empty() => "opened the room".to_owned(),
            Self::Room { topic, .. } => format!("set the topic: {topic}"),
            Self::Member(change) => change.summary(),
            Self::Access { .. } => "changed who may do what".to_owned(),
            Self::Unknown { .. } => "did something that needs a newer holdline to be shown".to_owned(),
        })
    }
}

impl MemberChange {
    /// The predicate of a sentence about the author.
    fn summary(&self) -> String {
        let Self { person, role, muted_until, reason, .. } = self;
        let done = match role {
            Role::None => "took {} out of the room",
            _ if muted_until.is_some() => "silenced {} for a time",
            Role::Member => "made {} a member of the room",
            Role::Admin => "made {} an admin of the room",
        };
        let done = done.replace("{}", person.name.as_str());
        reason.as_ref().map_or_else(|| done.clone(), |reason| format!("{done}: {reason}"))
    }
}

/// The predicate of a sentence about whoever set these rules.
fn rules(policy: &RoomPolicy) -> String {
    let sees = match policy.visibility {
        Visibility::Public => "for everybody",
        Visibility::Private => "for its members alone",
        Visibility::Direct => "for the people in it",
    };
    let mut rules = vec![sees.to_owned()];
    if policy.archived {
        rules.push("archived".to_owned());
    } else if policy.locked {
        rules.push("locked".to_owned());
    } else if policy.writers == Writers::Admins {
        rules.push("written by its admins".to_owned());
    } else if policy.members_only {
        rules.push("written by members".to_owned());
    }
    if policy.slow_seconds > 0 {
        rules.push(format!("one message in {} s", policy.slow_seconds));
    }
    format!("set the rules of the room: {}", rules.join(", "))
}
