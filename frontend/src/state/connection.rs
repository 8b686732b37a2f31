//! The connection's status, and the time since which the page may be out of date.

use holdline_shared::{Status, Timestamp};

/// The state of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The subscription's status; before the first `Live`, a retry counts as `Connecting`.
    pub status: Status,
    /// The moment since which entries may be missing; `None` while live.
    pub stale_since: Option<Timestamp>,
    /// Whether the server is newer than this page, which then may not show everything.
    pub is_outdated: bool,
    /// Whether a third party's login page answers in place of the server.
    pub needs_sign_in: bool,
    /// Number of requests whose response was late or missing, so that the connection may be dead.
    pub doubts: u32,
    was_live: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            status: Status::Connecting,
            stale_since: None,
            is_outdated: false,
            needs_sign_in: false,
            doubts: 0,
            was_live: false,
        }
    }
}

impl Connection {
    /// Records the age of a screen that an earlier page left.
    pub fn recall(&mut self, complete_to: Timestamp) {
        self.was_live = true;
        self.stale_since = Some(complete_to);
    }

    /// Records the subscription's status at the moment `at`.
    pub fn update(&mut self, status: Status, at: Timestamp) {
        if status == Status::Live {
            self.was_live = true;
            self.needs_sign_in = false;
            self.stale_since = None;
        } else if self.was_live && self.stale_since.is_none() {
            self.stale_since = Some(at);
        }
        // Before the first answer, an attempt is not shown as a retry.
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
