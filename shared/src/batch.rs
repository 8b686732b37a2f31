//! What the server answers: batches, pages of history, the list of rooms, who is here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Cursor, Entry, Message, Person, RoomName, Seq, Timestamp, Topic};

/// A poll's answer. Empty when the time was up; the same shape then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// All entries of the polled rooms after the poll's cursor, in log order, up to this batch's cursor.
    pub entries: Vec<Entry>,
    /// Where to poll from next.
    pub cursor: Cursor,
    /// The hold that the server grants next, in seconds.
    pub wait: u64,
    /// Who is here, when that is not what the poll's tag said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
}

/// Names a state of presence; a poll sends the last one it got, and hears of presence when that has changed.
pub type PresenceTag = String;

/// Who is in the rooms that a poll says it is in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Presence {
    /// To be sent with the next poll.
    pub tag: PresenceTag,
    /// By room.
    pub rooms: BTreeMap<RoomName, Here>,
}

/// Who is here in one room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Here {
    /// How many; exact.
    pub count: usize,
    /// Who, by nickname; at most [`PEOPLE_LISTED`](crate::limits::PEOPLE_LISTED).
    pub people: Vec<Person>,
}

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Messages as they stand at `cursor`, newest last.
    pub messages: Vec<Message>,
    /// Poll from here, and nothing is missed or doubled between this page and that poll.
    pub cursor: Cursor,
    /// Whether there are older messages than these.
    pub more: bool,
    /// What the room is about.
    pub topic: Topic,
}

/// The rooms, the most recently active first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomList {
    /// At most [`ROOMS_LISTED`](crate::limits::ROOMS_LISTED).
    pub rooms: Vec<RoomSummary>,
    /// The head of the log when the list was made.
    pub cursor: Cursor,
}

/// A room in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSummary {
    /// Its name.
    pub name: RoomName,
    /// What it is about; may be empty.
    pub topic: Topic,
    /// Its newest entry: a client that has seen less has something new to see.
    pub head: Seq,
    /// When that entry came.
    pub at: Timestamp,
    /// How many people are here now.
    pub here: usize,
}
