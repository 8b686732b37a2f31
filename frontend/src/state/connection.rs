//! What the page says about its connection, and since when what it shows may be old.

use holdline_shared::{Status, Timestamp};

/// The connection as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What the subscription says.
    pub status: Status,
    /// Since when nothing new may have been heard; `None` while live.
    pub stale_since: Option<Timestamp>,
    was_live: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self { status: Status::Connecting, stale_since: None, was_live: false }
    }
}

impl Connection {
    /// Takes over what the subscription says at the moment `at`.
    pub fn update(&mut self, status: Status, at: Timestamp) {
        if status == Status::Live {
            self.was_live = true;
            self.stale_since = None;
        } else if self.was_live && self.stale_since.is_none() {
            self.stale_since = Some(at);
        }
        self.status = status;
    }
}

/// The status in one word, for style sheets and tests.
pub fn status_word(status: &Status) -> &'static str {
    match status {
        Status::Connecting => "connecting",
        Status::Live => "live",
        Status::Reconnecting { .. } => "reconnecting",
        Status::Retrying => "retrying",
        Status::Offline => "offline",
        Status::Refused { .. } => "refused",
        Status::Repairing => "repairing",
    }
}

#[cfg(test)]
mod tests {
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
}
