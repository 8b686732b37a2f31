//! The truth about the connection, and since when what the page shows may be old.

use holdline_shared::{Status, Timestamp};

/// The connection as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The subscription's own status.
    pub status: Status,
    /// The moment since when nothing new may have been heard; `None` while live.
    pub stale_since: Option<Timestamp>,
    /// Whether the server is newer than this page, which may not show everything then.
    pub is_outdated: bool,
    /// Whether somebody else's login page answers in place of the server.
    pub needs_sign_in: bool,
    was_live: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            status: Status::Connecting,
            stale_since: None,
            is_outdated: false,
            needs_sign_in: false,
            was_live: false,
        }
    }
}

impl Connection {
    /// Takes over the age of a screen that an earlier page has left.
    pub fn recall(&mut self, complete_to: Timestamp) {
        self.was_live = true;
        self.stale_since = Some(complete_to);
    }

    /// Takes over the subscription's status at the moment `at`.
    pub fn update(&mut self, status: Status, at: Timestamp) {
        if status == Status::Live {
            self.was_live = true;
            self.needs_sign_in = false;
            self.stale_since = None;
        } else if self.was_live && self.stale_since.is_none() {
            self.stale_since = Some(at);
        }
        // Nothing has failed before the first answer.
        let is_first = !self.was_live && status == Status::Retrying;
        self.status = if is_first { Status::Connecting } else { status };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn is_stale_from_the_first_moment_after_live() {
        let mut connection = Connection::default();
        connection.update(Status::Retrying, Timestamp(1));
        assert_eq!(connection.stale_since, None, "nothing was shown yet");
        connection.update(Status::Live, Timestamp(2));
        connection.update(Status::Retrying, Timestamp(3));
        connection.update(Status::Offline, Timestamp(4));
        assert_eq!(connection.stale_since, Some(Timestamp(3)));
        connection.update(Status::Live, Timestamp(5));
        assert_eq!(connection.stale_since, None);
    }

    #[test]
    fn first_attempt_is_no_repetition() {
        let mut connection = Connection::default();
        connection.update(Status::Retrying, Timestamp(1));
        assert_eq!(connection.status, Status::Connecting);
        let failed = Status::Reconnecting { at: Duration::ZERO, why: "no answer".to_owned() };
        connection.update(failed.clone(), Timestamp(2));
        assert_eq!(connection.status, failed);
    }
}
