//! The outcome of an append.

use std::sync::Arc;

use super::stored_entry::StoredEntry;

/// What the log made of a draft.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The entry is in the log, durably.
    Appended(Arc<StoredEntry>),
    /// The same, and the draft's room did not exist before: this entry made it.
    Made(Arc<StoredEntry>),
    /// The author used the key before; this is the first entry with it.
    Repeated(Arc<StoredEntry>),
    /// The log says already what the draft asks for; nothing was appended.
    Unchanged,
}
