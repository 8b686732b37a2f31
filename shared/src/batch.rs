//! What the server answers: batches, pages of history, the list of rooms, who is here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lenient::Lenient;
use crate::{Cursor, Entry, Message, Person, RoomName, Seq, Timestamp, Topic};

/// A poll's answer. Empty when the time was up; the same shape then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BatchForm")]
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
    /// Entries that could not be read at all and are not among `entries`: a newer server wrote them.
    #[serde(skip)]
    pub unreadable: usize,
}

/// A batch as it travels: entries are read one by one, so that one of them cannot stop a client.
#[derive(Deserialize)]
struct BatchForm {
    entries: Vec<Lenient<Entry>>,
    cursor: Cursor,
    wait: u64,
    presence: Option<Lenient<Presence>>,
}

impl From<BatchForm> for Batch {
    fn from(batch: BatchForm) -> Self {
        let BatchForm { entries, cursor, wait, presence } = batch;
        let came = entries.len();
        let entries: Vec<_> = entries.into_iter().filter_map(Lenient::read).collect();
        let unreadable = came - entries.len();
        Self { entries, cursor, wait, presence: presence.and_then(Lenient::read), unreadable }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unreadable_entry_does_not_take_the_batch_with_it() {
        let json = r#"{"entries":[
            {"seq":7,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"delete","target":3},
            {"sequence":[8]}, 9,
            {"seq":10,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"parade"}],
            "cursor":"00000000000000ff-10","wait":25,"presence":"many","weather":"fine"}"#;
        let batch: Batch = serde_json::from_str(json).unwrap();
        let seqs: Vec<u64> = batch.entries.iter().map(|entry| entry.seq.0).collect();
        assert_eq!((seqs, batch.unreadable, batch.presence), (vec![7, 10], 2, None));
    }
}
