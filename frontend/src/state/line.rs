//! A message on the screen.

use holdline_shared::{Entry, Message, PersonId, Seq};

/// A message and the position up to which entries are folded into it, so that no edit or reaction is folded in twice,
/// whether it arrived with a page of history or by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The message in its current state.
    pub message: Message,
    /// The position up to which everything in the log is folded in.
    pub as_of: Seq,
}

impl Line {
    /// Folds in an entry for the reader `me`, unless it already is.
    pub fn fold(&mut self, entry: &Entry, me: Option<&PersonId>) {
        if entry.seq > self.as_of {
            self.message.fold(entry, me);
            self.as_of = entry.seq;
        }
    }
}
