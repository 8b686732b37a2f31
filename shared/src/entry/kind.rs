//! The kinds of entries, and everything that code outside needs to know about one: its target, its text, its form after
//! a deletion and its words. Code that only needs these does not match on kinds. Reading kinds from JSON is in `entry.rs`.

use serde::Serialize;

use crate::{Emoji, MessageText, PublishKey, Seq, Topic};

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
    /// The creation of the room, or a change of its topic.
    Room {
        /// The topic from now on; may be empty.
        topic: Topic,
    },
    /// A kind that this version does not know or cannot read, from a newer server. This version never writes one.
    #[serde(untagged)]
    Unknown {
        /// The kind's name, as received.
        kind: String,
    },
}

impl EntryKind {
    /// The message that this entry changes; `None` for a message itself and for kinds that change none.
    pub fn target(&self) -> Option<Seq> {
        match self {
            Self::Edit { target, .. } | Self::Delete { target } | Self::Reaction { target, .. } => {
                Some(*target)
            }
            Self::Message { .. } | Self::Room { .. } | Self::Unknown { .. } => None,
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

    /// The predicate of a sentence about the author, such as `edited “hello”`; `None` for a message, whose text stands for
    /// itself. `name` names the target. The result contains other people's text: escape it where that matters.
    pub fn summary(&self, name: impl FnOnce(Seq) -> String) -> Option<String> {
        Some(match self {
            Self::Message { .. } => return None,
            Self::Edit { target, .. } => format!("edited {}", name(*target)),
            Self::Delete { target } => format!("deleted {}", name(*target)),
            Self::Reaction { target, emoji, on: true } => format!("put {emoji} on {}", name(*target)),
            Self::Reaction { target, emoji, on: false } => format!("took {emoji} from {}", name(*target)),
            Self::Room { topic } if topic.as_str().is_empty() => "opened the room".to_owned(),
            Self::Room { topic } => format!("set the topic: {topic}"),
            Self::Unknown { .. } => "did something that needs a newer holdline to be shown".to_owned(),
        })
    }
}
