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
    digest_with(entry, text(entry).map(text_digest))
}

/// Of an entry as if it had this text, or none: deleting takes the text out of entries that were seen with it.
pub(super) fn digest_with(entry: &Entry, text: Option<u64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let author = (entry.author.id.as_str(), entry.author.name.as_str());
    (entry.seq, entry.at.0, entry.room.as_str(), author).hash(&mut hasher);
    match &entry.kind {
        EntryKind::Message { key, reply_to, .. } => (0, key, text, reply_to).hash(&mut hasher),
        EntryKind::Edit { target, .. } => (1, target, text).hash(&mut hasher),
        // Without a text; their JSON says everything.
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

/// The text of a message or an edit.
pub(super) fn text(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Message { text, .. } | EntryKind::Edit { text, .. } => {
            text.as_ref().map(MessageText::as_str)
        }
        _ => None,
    }
}

/// The message whose deletion takes this entry's text away.
pub(super) fn texts_message(entry: &Entry) -> Option<Seq> {
    match &entry.kind {
        EntryKind::Message { .. } => Some(entry.seq),
        EntryKind::Edit { target, .. } => Some(*target),
        _ => None,
    }
}
