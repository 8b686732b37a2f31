//! The outcome of an append.

use std::sync::Arc;

use super::stored_entry::StoredEntry;

/// The log's decision on a draft.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The entry is in the log, durably.
    Appended(Arc<StoredEntry>),
    /// The entry is in the log, durably, and created the draft's room.
    Made(Arc<StoredEntry>),
    /// The author used the key before; this is the first entry with that key.
    Repeated(Arc<StoredEntry>),
    /// The log already says what the draft asks for; nothing was appended.
    Unchanged,
}
