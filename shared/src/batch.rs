//! Response bodies: batches, pages of history, the list of rooms, presence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access::is_default;
use crate::lenient::Lenient;
use crate::{Cursor, Entry, Message, Person, RoomName, RoomStanding, Seq, Timestamp, Topic};

/// A poll's answer. After a hold without news, an empty one of the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "BatchForm")]
pub struct Batch {
    /// The entries of the polled rooms after the poll's cursor, in log order, up to this batch's cursor.
    pub entries: Vec<Entry>,
    /// The cursor for the next poll.
    pub cursor: Cursor,
    /// The longest hold that the server grants to the next poll, in seconds.
    pub wait: u64,
    /// The people present, if they changed since the state that the poll's tag names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// The last change of the rooms in which the reader is a member, if the poll named another one. The list of rooms that
    /// was made before this position is out of date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memberships: Option<Seq>,
    /// The number of entries that could not be read at all, from a newer server; they are not among `entries`.
    #[serde(skip)]
    pub unreadable: usize,
}

/// A batch's JSON form. Entries are read one by one, so that one unreadable entry cannot stop a client.
#[derive(Deserialize)]
struct BatchForm {
    entries: Vec<Lenient<Entry>>,
    cursor: Cursor,
    wait: u64,
    presence: Option<Lenient<Presence>>,
    memberships: Option<Lenient<Seq>>,
}

impl Batch {
    /// Whether the batch is empty: no entries and no change of people or rooms.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.presence.is_none() && self.memberships.is_none()
    }
}

impl From<BatchForm> for Batch {
    fn from(batch: BatchForm) -> Self {
        let BatchForm { entries, cursor, wait, presence, memberships } = batch;
        let received = entries.len();
        let entries: Vec<_> = entries.into_iter().filter_map(Lenient::read).collect();
        let unreadable = received - entries.len();
        let (presence, memberships) = (presence.and_then(Lenient::read), memberships.and_then(Lenient::read));
        Self { entries, cursor, wait, presence, memberships, unreadable }
    }
}

/// The identifier of a state of presence. A poll sends the last tag that its client received; the server's response
/// contains presence once the state has another tag.
pub type PresenceTag = String;

/// The people present in the rooms that a poll lists in `here`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Presence {
    /// The tag for the next poll.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub tag: PresenceTag,
    /// The people present in each room.
    pub rooms: BTreeMap<RoomName, Here>,
}

/// The people present in one room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Here {
    /// The exact number of people.
    pub count: usize,
    /// The people, sorted by nickname; at most [`PEOPLE_LISTED`](crate::limits::PEOPLE_LISTED).
    pub people: Vec<Person>,
}

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// Messages in their state at `cursor`, newest last.
    pub messages: Vec<Message>,
    /// A poll from this cursor continues the page without a gap and without a duplicate.
    pub cursor: Cursor,
    /// Whether there are older messages than these.
    pub more: bool,
    /// The room's topic.
    pub topic: Topic,
}

/// The rooms, the most recently active first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomList {
    /// The rooms; at most [`ROOMS_LISTED`](crate::limits::ROOMS_LISTED).
    pub rooms: Vec<RoomSummary>,
    /// The head of the log when the list was made.
    pub cursor: Cursor,
}

/// A room in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomSummary {
    /// The room's name.
    pub name: RoomName,
    /// The room's topic; may be empty.
    pub topic: Topic,
    /// The room's newest entry; a client that has not seen this entry does not know everything.
    pub head: Seq,
    /// The room's newest message that is not deleted; a client that has not seen this entry has something to read. 0 if there
    /// is none. Goes back when that message is deleted.
    #[serde(default)]
    pub said: Seq,
    /// The time of that entry.
    pub at: Timestamp,
    /// The number of people present now.
    pub here: usize,
    /// The rules and the reader's part; absent for a room that is open to everybody.
    #[serde(default, flatten, skip_serializing_if = "is_default")]
    pub standing: RoomStanding,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_entry_does_not_make_batch_unreadable() {
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
