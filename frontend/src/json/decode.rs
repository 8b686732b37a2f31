//! The protocol's types, read from JSON. Checked while reading, as in `holdline_shared`.

use holdline_shared::{
    Batch, Cursor, Emoji, Entry, EntryKind, Here, History, Message, MessageText, Nickname, Person, PersonId,
    Presence, Problem, ProblemCode, PublishKey, Reaction, RoomList, RoomName, RoomSummary, Seq, Session,
    Timestamp, Topic,
};

use super::Json;

/// What can be read from JSON.
pub trait Decode: Sized {
    /// Reads; `None` when a field is missing or wrong.
    fn decode(json: &Json) -> Option<Self>;
}

/// Checked words travel as strings.
macro_rules! words {
    ($($word:ty),*) => { $(
        impl Decode for $word {
            fn decode(json: &Json) -> Option<Self> {
                json.text()?.parse().ok()
            }
        }
    )* };
}
words!(Cursor, PublishKey);

/// Words that the server has checked; perhaps by rules that are wider than ours.
macro_rules! received_words {
    ($($word:ty),*) => { $(
        impl Decode for $word {
            fn decode(json: &Json) -> Option<Self> {
                Some(Self::received(json.text()?))
            }
        }
    )* };
}
received_words!(Emoji, MessageText, Nickname, PersonId, RoomName, Topic);

impl Decode for Seq {
    fn decode(json: &Json) -> Option<Self> {
        json.number().map(Self)
    }
}

impl Decode for Timestamp {
    fn decode(json: &Json) -> Option<Self> {
        json.number().map(Self)
    }
}

impl<T: Decode> Decode for Option<T> {
    /// Null and absent are nothing; what is there must be right.
    fn decode(json: &Json) -> Option<Self> {
        if *json == Json::Null { Some(None) } else { T::decode(json).map(Some) }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(json: &Json) -> Option<Self> {
        json.list()?.iter().map(T::decode).collect()
    }
}

/// A field, which must be right; of absent ones, only optional ones are.
pub(super) fn field<T: Decode>(json: &Json, name: &str) -> Option<T> {
    T::decode(json.get(name))
}

impl Decode for Person {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self { id: field(json, "id")?, name: field(json, "name")? })
    }
}

impl Decode for Entry {
    fn decode(json: &Json) -> Option<Self> {
        let name = json.get("kind").text()?;
        let kind = known_kind(name, json).unwrap_or_else(|| EntryKind::Unknown { kind: name.to_owned() });
        Some(Self {
            seq: field(json, "seq")?,
            room: field(json, "room")?,
            at: field(json, "at")?,
            author: field(json, "author")?,
            kind,
        })
    }
}

/// Decodes an entry's kind; `None` when a newer server wrote it in a way that this page cannot read.
fn known_kind(name: &str, json: &Json) -> Option<EntryKind> {
    let target = || field(json, "target");
    Some(match name {
        "message" => EntryKind::Message {
            key: field(json, "key")?,
            text: field(json, "text")?,
            reply_to: field(json, "reply_to")?,
        },
        "edit" => EntryKind::Edit { target: target()?, text: field(json, "text")? },
        "delete" => EntryKind::Delete { target: target()? },
        "reaction" => {
            let on = *json.get("on") == Json::Bool(true);
            EntryKind::Reaction { target: target()?, emoji: field(json, "emoji")?, on }
        }
        "room" => EntryKind::Room { topic: field(json, "topic")? },
        _ => return None,
    })
}

impl Decode for Message {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self {
            seq: field(json, "seq")?,
            room: field(json, "room")?,
            at: field(json, "at")?,
            author: field(json, "author")?,
            key: field(json, "key")?,
            text: field(json, "text")?,
            reply_to: field(json, "reply_to")?,
            edited: field(json, "edited")?,
            reactions: field::<Option<_>>(json, "reactions")?.unwrap_or_default(),
        })
    }
}

impl Decode for Reaction {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self {
            emoji: field(json, "emoji")?,
            count: json.get("count").number()?,
            by: field(json, "by")?,
            mine: *json.get("mine") == Json::Bool(true),
        })
    }
}

/// A poll's answer as the page takes it: the batch for the subscription, and who is here for the state. The batch has
/// of presence only the tag, because a map of rooms for the one that is on the screen weighs more than it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The batch.
    pub batch: Batch,
    /// Who is here, by room, if that changed.
    pub present: Option<Vec<(RoomName, Here)>>,
}

impl Decode for Answered {
    fn decode(json: &Json) -> Option<Self> {
        let presence = json.get("presence");
        let is_told = *presence != Json::Null;
        let tag = presence.get("tag").text().unwrap_or_default().to_owned();
        let came = json.get("entries").list()?;
        let entries: Vec<Entry> = came.iter().filter_map(Entry::decode).collect();
        let batch = Batch {
            unreadable: came.len() - entries.len(),
            entries,
            cursor: field(json, "cursor")?,
            wait: json.get("wait").number()?,
            presence: is_told.then(|| Presence { tag, ..Presence::default() }),
        };
        let Json::Object(rooms) = presence.get("rooms") else {
            return (!is_told).then_some(Self { batch, present: None });
        };
        let rooms = rooms.iter().map(|(name, here)| Some((name.parse().ok()?, Here::decode(here)?)));
        Some(Self { batch, present: Some(rooms.collect::<Option<_>>()?) })
    }
}

impl Decode for Here {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self { count: json.get("count").number()?.try_into().ok()?, people: field(json, "people")? })
    }
}

impl Decode for History {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self {
            messages: field(json, "messages")?,
            cursor: field(json, "cursor")?,
            more: *json.get("more") == Json::Bool(true),
            topic: field(json, "topic")?,
        })
    }
}

impl Decode for RoomList {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self { rooms: field(json, "rooms")?, cursor: field(json, "cursor")? })
    }
}

impl Decode for RoomSummary {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self {
            name: field(json, "name")?,
            topic: field(json, "topic")?,
            head: field(json, "head")?,
            at: field(json, "at")?,
            here: json.get("here").number()?.try_into().ok()?,
        })
    }
}

impl Decode for Session {
    fn decode(json: &Json) -> Option<Self> {
        Some(Self { person: field(json, "person")?, token: json.get("token").text().map(str::to_owned) })
    }
}

impl Decode for Problem {
    fn decode(json: &Json) -> Option<Self> {
        let code = json.get("code").text()?;
        let known = ProblemCode::ALL.iter().find(|known| known.as_str() == code);
        let code = known.copied().unwrap_or(ProblemCode::Unknown);
        let word = |name| json.get(name).text().unwrap_or_default().to_owned();
        Some(Self {
            kind: word("type"),
            title: word("title"),
            status: json.get("status").number()?.try_into().ok()?,
            code,
            detail: json.get("detail").text()?.to_owned(),
            cursor: field(json, "cursor")?,
        })
    }
}

#[cfg(test)]
mod tests;
