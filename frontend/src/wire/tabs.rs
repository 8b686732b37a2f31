//! The messages by which tabs agree that one of them polls for all. Tabs of different versions may be open at once: a
//! tab ignores messages that it cannot read.

use std::time::Duration;

use holdline_shared::{Batch, Cursor, Moment, RoomName, Status};
use serde::{Deserialize, Serialize};

/// The rooms that a tab wants polled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wish {
    /// The tab.
    pub tab: String,
    /// The tab's rooms.
    pub rooms: Vec<RoomName>,
    /// The room where its reader is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<RoomName>,
    /// A position in the log in which these rooms exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_log: Option<Cursor>,
}

/// A message to all other tabs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TabMessage {
    /// Asks the polling tab to poll these rooms, too.
    Ask(Wish),
    /// The tab is going away.
    Bye {
        /// The tab's id.
        tab: String,
    },
    /// The sender polls for all from now on.
    Lead {
        /// The sender's id.
        #[serde(default)]
        tab: String,
        /// Whether an unresponsive leader was deposed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        deposes: bool,
    },
    /// The reader does not want to wait.
    Wake,
    /// A request of the sender has no response: the connection may be dead.
    Doubt,
    /// The answer to a poll.
    Batch {
        /// The cursor that was polled from.
        from: Cursor,
        /// The rooms that were polled.
        rooms: Vec<RoomName>,
        /// The answer.
        batch: Batch,
        /// The number of entries that the leader could not read.
        #[serde(default)]
        unreadable: usize,
    },
    /// The leader's poll failed; it will poll again later.
    Reconnecting(Pause),
    /// The server refused the leader's poll; it will poll again later.
    Refused(Pause),
    /// The browser has no network.
    Offline,
    /// The leader repairs a gap.
    Repairing,
    /// The leader tries again.
    Retrying,
}

/// A pause of the leader: its end and its reason. Each tab has its own clock, so moments are sent as time differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The time until the next attempt, in milliseconds.
    #[serde(rename = "in")]
    millis: u64,
    why: String,
}

impl TabMessage {
    /// Reads a message; `None` when a tab of another version sent it.
    pub fn read(text: &str) -> Option<Self> {
        let message = serde_json::from_str(text).ok()?;
        Some(match message {
            Self::Batch { from, rooms, batch, unreadable } => {
                Self::Batch { from, rooms, batch: Batch { unreadable, ..batch }, unreadable }
            }
            other => other,
        })
    }

    /// Returns the text form.
    pub fn write(&self) -> String {
        // These types always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Creates the message for an answer to a poll.
    pub fn batch(from: Cursor, rooms: Vec<RoomName>, batch: Batch) -> Self {
        let unreadable = batch.unreadable;
        Self::Batch { from, rooms, batch, unreadable }
    }

    /// Creates the message for a status that is not live.
    pub fn of_status(status: &Status, now: Moment) -> Option<Self> {
        let pause = |at: &Moment, why: &String| Pause {
            millis: at.saturating_sub(now).as_millis().try_into().unwrap_or_default(),
            why: why.clone(),
        };
        match status {
            Status::Reconnecting { at, why } => Some(Self::Reconnecting(pause(at, why))),
            Status::Refused { at, why } => Some(Self::Refused(pause(at, why))),
            Status::Offline => Some(Self::Offline),
            Status::Repairing => Some(Self::Repairing),
            Status::Retrying => Some(Self::Retrying),
            Status::Live | Status::Connecting => None,
        }
    }

    /// Returns the status in the message, if any.
    pub fn status(&self, now: Moment) -> Option<Status> {
        let at = |pause: &Pause| now + Duration::from_millis(pause.millis);
        match self {
            Self::Reconnecting(pause) => Some(Status::Reconnecting { at: at(pause), why: pause.why.clone() }),
            Self::Refused(pause) => Some(Status::Refused { at: at(pause), why: pause.why.clone() }),
            Self::Offline => Some(Status::Offline),
            Self::Repairing => Some(Status::Repairing),
            Self::Retrying => Some(Status::Retrying),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::{at, said};

    fn tea() -> RoomName {
        "tea".parse().unwrap()
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let batch = Batch {
            entries: vec![said(3, "ada", "x")],
            cursor: at(3),
            wait: 25,
            presence: None,
            memberships: None,
            unreadable: 2,
        };
        for message in [
            TabMessage::Ask(Wish {
                tab: "a".into(),
                rooms: vec![RoomName::lobby(), tea()],
                here: Some(tea()),
                of_log: Some(at(1)),
            }),
            TabMessage::Ask(Wish { tab: "b".into(), ..Wish::default() }),
            TabMessage::Bye { tab: "a".into() },
            TabMessage::Lead { tab: "a".into(), deposes: true },
            TabMessage::Wake,
            TabMessage::Doubt,
            TabMessage::batch(at(2), vec![tea()], batch),
        ] {
            assert_eq!(TabMessage::read(&message.write()), Some(message));
        }
    }

    #[test]
    fn messages_of_other_versions_are_read_or_passed_over() {
        assert_eq!(
            TabMessage::read(r#"{"lead":{}}"#),
            Some(TabMessage::Lead { tab: String::new(), deposes: false })
        );
        let ask = TabMessage::read(r#"{"ask":{"tab":"a","rooms":["tea"],"colour":"red"}}"#);
        assert_eq!(
            ask,
            Some(TabMessage::Ask(Wish { tab: "a".into(), rooms: vec![tea()], ..Wish::default() }))
        );
        for other in ["", "{}", "7", r#"{"sing":{}}"#, r#"{"ask":{}}"#, r#"{"t":"lead"}"#] {
            assert_eq!(TabMessage::read(other), None, "{other}");
        }
    }

    #[test]
    fn status_is_told_between_clocks() {
        let status_at = |at: u64| Status::Reconnecting { at: Duration::from_secs(at), why: "no".to_owned() };
        let told = |status: &Status, here, there| {
            let text = TabMessage::of_status(status, here).unwrap().write();
            TabMessage::read(&text).unwrap().status(there).unwrap()
        };
        assert_eq!(told(&status_at(105), Duration::from_secs(100), Duration::from_secs(7)), status_at(12));
        for simple in [Status::Offline, Status::Repairing, Status::Retrying] {
            assert_eq!(told(&simple, Duration::ZERO, Duration::ZERO), simple);
        }
    }
}
