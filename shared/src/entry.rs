//! What the log consists of.

use serde::{Deserialize, Serialize};

use crate::{Emoji, MessageText, Person, PublishKey, RoomName, Seq, Topic};

/// A moment: milliseconds since the Unix epoch, UTC, by the server's clock. Never goes back within one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// One thing that happened in a room and changed what people see there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Flat")]
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
}

/// An entry as it travels. It is read in one pass through this form, because what serde derives for a flattened enum
/// buffers each entry and is a tenth of the browser client's weight.
#[derive(Deserialize)]
struct Flat {
    seq: Seq,
    room: RoomName,
    at: Timestamp,
    author: Person,
    kind: FlatKind,
    key: Option<PublishKey>,
    text: Option<MessageText>,
    reply_to: Option<Seq>,
    target: Option<Seq>,
    emoji: Option<Emoji>,
    on: Option<bool>,
    topic: Option<Topic>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlatKind {
    Message,
    Edit,
    Delete,
    Reaction,
    Room,
}

impl TryFrom<Flat> for Entry {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, Self::Error> {
        let target = flat.target.ok_or("missing field `target`");
        let kind = match flat.kind {
            FlatKind::Message => EntryKind::Message {
                key: flat.key.ok_or("missing field `key`")?,
                text: flat.text,
                reply_to: flat.reply_to,
            },
            FlatKind::Edit => EntryKind::Edit { target: target?, text: flat.text },
            FlatKind::Delete => EntryKind::Delete { target: target? },
            FlatKind::Reaction => EntryKind::Reaction {
                target: target?,
                emoji: flat.emoji.ok_or("missing field `emoji`")?,
                on: flat.on.ok_or("missing field `on`")?,
            },
            FlatKind::Room => EntryKind::Room { topic: flat.topic.ok_or("missing field `topic`")? },
        };
        Ok(Self { seq: flat.seq, room: flat.room, at: flat.at, author: flat.author, kind })
    }
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
    fn an_entry_with_a_bad_name_is_no_entry() {
        let json =
            r#"{"seq":7,"room":"a b","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"delete","target":3}"#;
        assert!(serde_json::from_str::<Entry>(json).unwrap_err().to_string().contains("room name"));
    }

    #[test]
    fn every_kind_survives_json_and_misses_none_of_its_fields() {
        let head = r#""seq":7,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"}"#;
        for (kind, rest) in [
            ("message", r#","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":null,"reply_to":3"#),
            ("edit", r#","target":3,"text":"new""#),
            ("edit", r#","target":3,"text":null"#),
            ("delete", r#","target":3"#),
            ("reaction", r#","target":3,"emoji":"👍","on":true"#),
            ("room", r#","topic":"tea""#),
        ] {
            let json = format!(r#"{{{head},"kind":"{kind}"{rest}}}"#);
            let entry: Entry = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&entry).unwrap(), json);
            let bare = format!(r#"{{{head},"kind":"{kind}"}}"#);
            let error = serde_json::from_str::<Entry>(&bare).unwrap_err().to_string();
            assert!(error.contains("missing field"), "{error}");
        }
    }
}
