//! One message on the screen.

use holdline_shared::{Entry, Message, PersonId, Seq};

/// A message and how far its folding has come, so that no edit or reaction is folded in twice, whether it came with a
/// page of history or by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The message as it stands now.
    pub message: Message,
    /// The position up to which everything in the log is folded in.
    pub as_of: Seq,
}

impl Line {
    /// Folds an entry in, unless that was done already, for the person who reads.
    pub fn fold(&mut self, entry: &Entry, me: Option<&PersonId>) {
        if entry.seq > self.as_of {
            self.message.fold(entry, me);
            self.as_of = entry.seq;
        }
    }
}
