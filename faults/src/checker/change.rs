//! Changes of messages. A change has no key: a repeat after a lost response is either stored, if it still changes
//! something, or answered as unchanged.

use holdline_shared::{Emoji, Entry, EntryKind, MessageText, PersonId, RoomName, Seq};

/// A change of one message.
#[derive(Debug, Clone)]
pub struct ChangeRequest {
    /// The person who requests the change.
    pub author: PersonId,
    /// The message's room.
    pub room: RoomName,
    /// The message.
    pub target: Seq,
    /// The requested change.
    pub kind: ChangeKind,
}

/// The kind of a change.
#[derive(Debug, Clone)]
pub enum ChangeKind {
    /// A new text; every edit of a round has a unique one.
    Edit(MessageText),
    /// The deletion of the message.
    Delete,
    /// A reaction, added or removed.
    React {
        /// The emoji.
        emoji: Emoji,
        /// Added (`true`) or removed.
        on: bool,
    },
}

/// The server's answer to a change.
#[derive(Debug, Clone)]
pub enum ChangeAnswer {
    /// The change was stored as this entry.
    Stored(Box<Entry>),
    /// The change has no effect on the message.
    Unchanged,
    /// The change is impossible through no fault of the log: the message was deleted or has expired.
    Refused,
}

/// A change with all the answers to it.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) request: ChangeRequest,
    pub(super) answers: Vec<ChangeAnswer>,
}

impl Change {
    pub(super) fn is_acknowledged(&self) -> bool {
        self.answers.iter().any(|answer| !matches!(answer, ChangeAnswer::Refused))
    }
}

impl ChangeRequest {
    /// Whether this entry is the requested change. A text that was deleted since may have been any.
    pub(super) fn asks_for(&self, entry: &Entry) -> bool {
        let is_same = match (&self.kind, &entry.kind) {
            (ChangeKind::Edit(wanted), EntryKind::Edit { target, text }) => {
                *target == self.target && text.as_ref().is_none_or(|text| text == wanted)
            }
            (ChangeKind::Delete, EntryKind::Delete { target }) => *target == self.target,
            (ChangeKind::React { emoji, on }, EntryKind::Reaction { target, emoji: stored, on: is_on }) => {
                *target == self.target && emoji == stored && on == is_on
            }
            _ => false,
        };
        is_same && entry.author.id == self.author && entry.room == self.room
    }
}
