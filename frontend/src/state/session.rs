//! The reader's own session, and the server's door.

use holdline_shared::{Door, Me, Person, PersonId, PersonKind};

/// The session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// The reader; `None` before there is a session.
    pub me: Option<Person>,
    /// The reader's account; `None` until the server has reported it.
    pub account: Option<Me>,
    /// The way in for strangers, once the server has reported it.
    pub door: Option<Door>,
    /// The gate, if the door is shut on the reader.
    pub gate: Option<Gate>,
    /// Whether the browser has had a session here before this page.
    pub is_remembered: bool,
    /// Whether the browser refuses the session's cookie, so that the reader is somebody else after a reload.
    pub is_forgotten: bool,
}

/// The page in front of a shut door.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gate {
    /// The reason why the reader was shut out, if they were inside before.
    pub why: Option<String>,
    /// Whether the reader is banned, so that no way leads in.
    pub is_banned: bool,
}

impl Session {
    /// The reader's id.
    pub fn id(&self) -> Option<&PersonId> {
        self.me.as_ref().map(|me| &me.id)
    }

    /// Whether to send requests that are only for those inside. A stranger waits until the door is known; a reader who
    /// was inside before does not wait.
    pub fn may_ask(&self) -> bool {
        let is_open = self.door == Some(Door::Open);
        self.gate.is_none() && (self.me.is_some() || is_open || (self.door.is_none() && self.is_remembered))
    }

    /// Whether the reader has an account.
    pub fn is_member(&self) -> bool {
        self.account.as_ref().is_some_and(|me| me.profile.kind != PersonKind::Guest)
    }

    /// Whether the reader is an admin of the server.
    pub fn is_admin(&self) -> bool {
        self.account.as_ref().is_some_and(|me| me.profile.admin)
    }
}
