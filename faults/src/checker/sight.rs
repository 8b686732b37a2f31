//! What a reader saw, in a few bytes: a round has a million of them.

use std::hash::{DefaultHasher, Hash, Hasher};

use holdline_shared::{Entry, EntryKind, MessageText, Seq};

/// One delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// A whole entry; the digest is of all that it says.
    Entry {
        /// Where it claims to be in the log.
        seq: Seq,
        /// [`digest`] of it.
        digest: u64,
    },
    /// A text alone, as the classic routes have it. Texts of a round are all different.
    Text {
        /// [`text_digest`] of it.
        digest: u64,
    },
}

/// Of everything that an entry says.
pub(super) fn digest(entry: &Entry) -> u64 {
    let mut hasher = DefaultHasher::new();
    (entry.seq, entry.at.0, entry.room.as_str(), entry.author.id.as_str()).hash(&mut hasher);
    match &entry.kind {
        EntryKind::Message { key, text, reply_to } => {
            (key, text.as_ref().map(MessageText::as_str), reply_to).hash(&mut hasher);
        }
        // Rare; their JSON says everything.
        other => serde_json::to_string(other).unwrap_or_default().hash(&mut hasher),
    }
    hasher.finish()
}

/// Of a text.
pub(super) fn text_digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
