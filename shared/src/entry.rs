//! Entries of the log, and how a client reads them from JSON.

mod kind;

use serde::{Deserialize, Serialize};

use crate::lenient::Lenient;
use crate::{Emoji, MessageText, Person, PublishKey, Role, RoomName, RoomPolicy, Seq, Timestamp, Topic};

pub use self::kind::{EntryKind, MemberChange};

/// An event in a room that changes what people see there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "EntryForm")]
pub struct Entry {
    /// The entry's position in the log.
    pub seq: Seq,
    /// The room.
    pub room: RoomName,
    /// The time at which the server accepted it.
    pub at: Timestamp,
    /// The person who caused it, by their name at that time.
    pub author: Person,
    /// The change.
    #[serde(flatten)]
    pub kind: EntryKind,
}

impl Entry {
    /// The message whose text this entry carries: a message itself, or the target of an edit. Deleting that message
    /// removes the text from the entry.
    pub fn text_of(&self) -> Option<Seq> {
        match self.kind {
            EntryKind::Message { .. } => Some(self.seq),
            EntryKind::Edit { target, .. } => Some(target),
            _ => None,
        }
    }
}

/// An entry's JSON form. Fields that the kind does not use are ignored. An unreadable kind or field makes the entry
/// [`EntryKind::Unknown`] instead of making the whole batch unreadable.
#[derive(Deserialize)]
struct EntryForm {
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
    policy: Option<Lenient<RoomPolicy>>,
    person: Option<Lenient<Person>>,
    role: Option<Lenient<Role>>,
    until: Option<Lenient<Timestamp>>,
    muted_until: Option<Lenient<Timestamp>>,
    reason: Option<Lenient<Topic>>,
    change: Option<Lenient<String>>,
}

impl From<EntryForm> for Entry {
    fn from(form: EntryForm) -> Self {
        let target = form.target.and_then(Lenient::read);
        let kind = match form.kind.as_str() {
            "message" => message(form.key, form.text, form.reply_to),
            "edit" => optional(form.text).zip(target).map(|(text, target)| EntryKind::Edit { target, text }),
            "delete" => target.map(|target| EntryKind::Delete { target }),
            "reaction" => reaction(target, form.emoji, form.on),
            "room" => room(form.topic, form.policy),
            "member" => member(form.person, form.role, form.until, form.muted_until, form.reason),
            "access" => form.change.and_then(Lenient::read).map(|change| EntryKind::Access { change }),
            _ => None,
        };
        let kind = kind.unwrap_or(EntryKind::Unknown { kind: form.kind });
        Self { seq: form.seq, room: form.room, at: form.at, author: form.author, kind }
    }
}

/// Reads a field that may be absent or null, but must be readable when present.
#[expect(clippy::option_option, reason = "absent and unreadable are two different cases")]
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

fn room(topic: Option<Lenient<Topic>>, policy: Option<Lenient<RoomPolicy>>) -> Option<EntryKind> {
    Some(EntryKind::Room { topic: topic?.read()?, policy: optional(policy)?.map(Box::new) })
}

fn member(
    person: Option<Lenient<Person>>,
    role: Option<Lenient<Role>>,
    until: Option<Lenient<Timestamp>>,
    muted_until: Option<Lenient<Timestamp>>,
    reason: Option<Lenient<Topic>>,
) -> Option<EntryKind> {
    Some(EntryKind::Member(Box::new(MemberChange {
        person: person?.read()?,
        role: role?.read()?,
        until: optional(until)?,
        muted_until: optional(muted_until)?,
        reason: optional(reason)?,
    })))
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
    fn entry_is_flat_json() {
        let json = r#"{"seq":7,"room":"lobby","at":1763622300123,"author":{"id":"ada1","name":"Ada"},"kind":"message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"hello"}"#;
        let entry: Entry = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        assert!(matches!(entry.kind, EntryKind::Message { reply_to: None, .. }));
    }

    #[test]
    fn every_kind_round_trips_through_json() {
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
    fn unreadable_entry_of_newer_server_becomes_unknown() {
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
    fn unknown_fields_and_wider_rules_of_newer_servers_are_accepted() {
        let json = r#"{"seq":7,"room":"a b","at":1,"author":{"id":"Ada!","name":" ","badge":"gold"},
            "kind":"delete","target":3,"reason":"spam"}"#;
        let entry: Entry = serde_json::from_str(json).unwrap();
        assert_eq!((entry.room.as_str(), entry.kind), ("a b", EntryKind::Delete { target: Seq(3) }));
    }

    #[test]
    fn kinds_know_their_target_text_redaction_and_summary() {
        for (kind, expected) in [
            (MESSAGE_KIND, (None, Some("hello"), Some(Seq(7)), None)),
            (
                r#""edit","target":3,"text":"new""#,
                (Some(Seq(3)), Some("new"), Some(Seq(3)), Some("edited #3")),
            ),
            (r#""delete","target":3"#, (Some(Seq(3)), None, None, Some("deleted #3"))),
            (
                r#""reaction","target":3,"emoji":"👍","on":true"#,
                (Some(Seq(3)), None, None, Some("put 👍 on #3")),
            ),
            (
                r#""reaction","target":3,"emoji":"👍","on":false"#,
                (Some(Seq(3)), None, None, Some("took 👍 from #3")),
            ),
            (r#""room","topic":"""#, (None, None, None, Some("opened the room"))),
            (r#""room","topic":"tea""#, (None, None, None, Some("set the topic: tea"))),
            (
                r#""parade""#,
                (None, None, None, Some("did something that needs a newer holdline to be shown")),
            ),
        ] {
            let entry: Entry = serde_json::from_str(&format!(r#"{{{HEAD},"kind":{kind}}}"#)).unwrap();
            let summary = entry.kind.summary(|seq| format!("#{seq}"));
            let text = entry.kind.text().map(MessageText::as_str);
            assert_eq!((entry.kind.target(), text, entry.text_of(), summary.as_deref()), expected, "{kind}");
            let redacted = entry.kind.clone().redacted();
            assert_eq!(redacted.text(), None);
            assert_eq!(redacted == entry.kind, text.is_none(), "{kind}: only the text is removed");
        }
    }

    const MESSAGE_KIND: &str =
        r#""message","key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"hello","reply_to":2"#;
    const HEAD: &str = r#""seq":7,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"}"#;
}
