//! Deliveries as digests of a few bytes, because a round has a million of them.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use holdline_shared::{Entry, EntryKind, MessageText, Seq};

/// A delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// A whole entry, with a digest of its content.
    Entry {
        /// The entry's position.
        seq: Seq,
        /// [`digest`] of the entry.
        digest: u64,
    },
    /// A text alone, from the classic routes. All texts of a round are different.
    Text {
        /// [`text_digest`] of the text.
        digest: u64,
    },
}

/// The digest of an entry's whole content.
pub(super) fn digest(entry: &Entry) -> u64 {
    digest_with(entry, digest_of_text(entry))
}

/// The digest of an entry as if it had this text, or none: a deletion removes the text from entries that were delivered
/// with it.
pub(super) fn digest_with(entry: &Entry, text: Option<u64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let author = (entry.author.id.as_str(), entry.author.name.as_str());
    (entry.seq, entry.at.0, entry.room.as_str(), author).hash(&mut hasher);
    text.hash(&mut hasher);
    serde_json::to_string(&entry.kind.clone().redacted()).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// The digest of a text.
pub(super) fn text_digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The digest of the text of a message or an edit; `None` without a text.
pub(super) fn digest_of_text(entry: &Entry) -> Option<u64> {
    entry.kind.text().map(|text| text_digest(text.as_str()))
}

/// The text of a message.
pub(super) fn message_text(entry: &Entry) -> Option<&str> {
    let is_message = matches!(entry.kind, EntryKind::Message { .. });
    entry.kind.text().filter(|_| is_message).map(MessageText::as_str)
}

/// The messages that these entries delete.
pub(super) fn deletions(entries: &[Entry]) -> HashSet<Seq> {
    let deletions = entries.iter().filter(|entry| matches!(entry.kind, EntryKind::Delete { .. }));
    deletions.filter_map(|entry| entry.kind.target()).collect()
}
