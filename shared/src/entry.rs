//! What the log consists of.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::{Emoji, MessageText, Person, PublishKey, RoomName, Seq, Topic};

/// A moment: milliseconds since the Unix epoch, UTC, by the server's clock. A clock that was wrong
/// is set right, so an entry may be dated before the one in front of it; the order of a log is `seq` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// One thing that happened in a room and changed what people see there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Flat")]
pub struct Entry {
    /// Its position in the log.
    pub seq: Seq,
    /// Where it happened.
    pub room: RoomName,
    /// When the server took it.
    pub at: Timestamp,
    /// Who did it, by the name of then.
    pub author: Person,
    /// What happened.
    #[serde(flatten)]
    pub kind: EntryKind,
}

/// What an entry tells; in JSON the field `kind` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryKind {
    /// Somebody said something.
    Message {
        /// The key that the author's client gave it, by which that client knows its own message.
        key: PublishKey,
        /// What was said; `null` when it was deleted since.
        text: Option<MessageText>,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// The author changed a message.
    Edit {
        /// The message.
        target: Seq,
        /// What it says now; `null` when the message was deleted since.
        text: Option<MessageText>,
    },
    /// The author deleted a message.
    Delete {
        /// The message.
        target: Seq,
    },
    /// Somebody put a reaction on a message or took it back.
    Reaction {
        /// The message.
        target: Seq,
        /// What they put.
        emoji: Emoji,
        /// Put (`true`) or taken back.
        on: bool,
    },
    /// The room was made, or its topic changed.
    Room {
        /// What the room is about from now on; may be empty.
        topic: Topic,
    },
    /// Something that this version does not know or cannot read: a newer server wrote it. Never made by this one.
    #[serde(untagged)]
    Unknown {
        /// The kind's name, as it came.
        kind: String,
    },
}

/// An entry as it travels. Fields that are of no use to the kind are ignored; a kind or a field that cannot be read makes
/// the entry [`EntryKind::Unknown`] and not the whole batch unreadable.
#[derive(Deserialize)]
struct Flat {
    seq: Seq,
    room: RoomName,
    at: Timestamp,
    author: Person,
    kind: String,
    key: Option<Lenient<PublishKey>>,
    text: Option<Lenient<MessageText>>,
    reply_to: Option<Lenient<Seq>>,
    target: Option<Lenient<Seq>>,
    emoji: Option<Lenient<Emoji>>,
    on: Option<Lenient<bool>>,
    topic: Option<Lenient<Topic>>,
}

/// A value that may be of a form which only a newer version knows.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Lenient<T> {
    Read(T),
    Unreadable(IgnoredAny),
}

impl<T> Lenient<T> {
    pub(crate) fn read(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Unreadable(IgnoredAny) => None,
        }
    }
}

impl From<Flat> for Entry {
    fn from(flat: Flat) -> Self {
        let Flat { seq, room, at, author, kind: name, key, text, reply_to, target, emoji, on, topic } = flat;
        let target = target.and_then(Lenient::read);
        let kind = match name.as_str() {
            "message" => message(key, text, reply_to),
            "edit" => optional(text).zip(target).map(|(text, target)| EntryKind::Edit { target, text }),
            "delete" => target.map(|target| EntryKind::Delete { target }),
            "reaction" => reaction(target, emoji, on),
            "room" => topic.and_then(Lenient::read).map(|topic| EntryKind::Room { topic }),
            _ => None,
        };
        Self { seq, room, at, author, kind: kind.unwrap_or(EntryKind::Unknown { kind: name }) }
    }
}

/// A field that may be absent or null, but is right when it is there.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn optional<T>(field: Option<Lenient<T>>) -> Option<Option<T>> {
    match field {
        None => Some(None),
        Some(value) => value.read().map(Some),
    }
}

fn message(
    key: Option<Lenient<PublishKey>>,
    text: Option<Lenient<MessageText>>,
    reply_to: Option<Lenient<Seq>>,
) -> Option<EntryKind> {
    Some(EntryKind::Message { key: key?.read()?, text: optional(text)?, reply_to: optional(reply_to)? })
}

fn reaction(
    target: Option<Seq>,
    emoji: Option<Lenient<Emoji>>,
    on: Option<Lenient<bool>>,
) -> Option<EntryKind> {
    Some(EntryKind::Reaction { target: target?, emoji: emoji?.read()?, on: on?.read()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_flat_json() {
        let json = r#"{"seq":7,"room":"lobby","at":1763622300123,"author":{"id":"ada1","name":"Ada"},"kind":"message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"hello"}"#;
        let entry: Entry = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        assert!(matches!(entry.kind, EntryKind::Message { reply_to: None, .. }));
    }

    #[test]
    fn every_kind_survives_json() {
        for (kind, rest) in [
            ("message", r#","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":null,"reply_to":3"#),
            ("edit", r#","target":3,"text":"new""#),
            ("edit", r#","target":3,"text":null"#),
            ("delete", r#","target":3"#),
            ("reaction", r#","target":3,"emoji":"👍","on":true"#),
            ("room", r#","topic":"tea""#),
            ("parade", ""),
        ] {
            let json = format!(r#"{{{HEAD},"kind":"{kind}"{rest}}}"#);
            let entry: Entry = serde_json::from_str(&json).unwrap();
            assert_eq!(matches!(entry.kind, EntryKind::Unknown { .. }), kind == "parade", "{json}");
            assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        }
    }

    #[test]
    fn entry_of_newer_server_is_unknown_and_no_error() {
        for (kind, rest) in [
            ("parade", r#","floats":[1,{"a":2}],"text":7"#),
            ("message", r#","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":{"rich":"hello"}"#),
            ("message", r#","key":7,"text":"hello""#),
            ("message", ""),
            ("edit", r#","target":"three","text":"new""#),
            ("edit", r#","text":"new""#),
            ("delete", ""),
            ("reaction", r#","target":3,"emoji":["👍"],"on":true"#),
            ("reaction", r#","target":3,"emoji":"👍""#),
            ("room", ""),
        ] {
            let json = format!(r#"{{{HEAD},"kind":"{kind}"{rest}}}"#);
            let entry: Entry = serde_json::from_str(&json).unwrap();
            assert_eq!(entry.kind, EntryKind::Unknown { kind: kind.to_owned() }, "{json}");
            assert_eq!(entry.seq, Seq(7));
        }
    }

    #[test]
    fn unknown_fields_and_wider_rules_of_newer_servers_are_taken() {
        let json = r#"{"seq":7,"room":"a b","at":1,"author":{"id":"Ada!","name":" ","badge":"gold"},
            "kind":"delete","target":3,"reason":"spam"}"#;
        let entry: Entry = serde_json::from_str(json).unwrap();
        assert_eq!((entry.room.as_str(), entry.kind), ("a b", EntryKind::Delete { target: Seq(3) }));
    }

    const HEAD: &str = r#""seq":7,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"}"#;
}
