//! The reader's own session.

use holdline_shared::{Person, PersonId};

/// The session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// The reader; `None` before there is a session.
    pub me: Option<Person>,
    /// Whether the browser refuses the session's cookie, so that a reload makes somebody else of the reader.
    pub is_forgotten: bool,
}

impl Session {
    /// The reader's id.
    pub fn id(&self) -> Option<&PersonId> {
        self.me.as_ref().map(|me| &me.id)
    }
}
