//! The current state of a message: its entry with all edits, deletion and reactions folded in.

use serde::{Deserialize, Serialize};

use crate::limits::REACTORS_LISTED;
use crate::{Emoji, Entry, EntryKind, MessageText, Person, PersonId, PublishKey, RoomName, Seq, Timestamp};

/// A message as history returns it. Clients keep messages in this form, too, and apply later entries with [`Message::fold`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// The position of the message's own entry.
    pub seq: Seq,
    /// The room.
    pub room: RoomName,
    /// The time at which the message was published.
    pub at: Timestamp,
    /// The author, by their name at that time.
    pub author: Person,
    /// The key that the author's client gave the message.
    pub key: PublishKey,
    /// The current text; `null` when deleted.
    pub text: Option<MessageText>,
    /// The message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// The time of the last edit, if any; absent once the message is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// Reactions, in the order in which each emoji was first added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// An emoji on a message, with the number of people who added it and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// The exact number of people who added the emoji.
    pub count: u64,
    /// The first people who did, by their names at that time; at most [`REACTORS_LISTED`].
    pub by: Vec<Person>,
    /// Whether the reader is among those people. Computed for the person who requests history; entries do not carry it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

impl Message {
    /// The message that `entry` publishes; `None` for entries of other kinds.
    pub fn from_entry(entry: &Entry) -> Option<Self> {
        let EntryKind::Message { key, text, reply_to } = &entry.kind else { return None };
        Some(Self {
            seq: entry.seq,
            room: entry.room.clone(),
            at: entry.at,
            author: entry.author.clone(),
            key: *key,
            text: text.clone(),
            reply_to: *reply_to,
            edited: None,
            reactions: Vec::new(),
        })
    }

    /// Applies an edit, deletion or reaction of this message; ignores all other entries. `me` is the reader. Apply each
    /// entry only once: reactions are counted, not listed.
    pub fn fold(&mut self, entry: &Entry, me: Option<&PersonId>) {
        match &entry.kind {
            EntryKind::Edit { target, text } if *target == self.seq && self.text.is_some() => {
                self.text.clone_from(text);
                self.edited = Some(entry.at);
            }
            EntryKind::Delete { target } if *target == self.seq => {
                self.text = None;
                self.edited = None;
                self.reactions.clear();
            }
            EntryKind::Reaction { target, emoji, on } if *target == self.seq => {
                self.react(emoji, &entry.author, *on, me == Some(&entry.author.id));
            }
            _ => {}
        }
    }

    /// Whether `me`, the reader, added `emoji`.
    pub fn has_my_reaction(&self, emoji: &Emoji, me: &PersonId) -> bool {
        self.reactions.iter().any(|reaction| reaction.emoji == *emoji && reaction.is_mine(me))
    }

    fn react(&mut self, emoji: &Emoji, person: &Person, on: bool, is_mine: bool) {
        if self.text.is_none() {
            return;
        }
        let found = self.reactions.iter().position(|reaction| reaction.emoji == *emoji);
        let Some(at) = found.or_else(|| on.then_some(self.reactions.len())) else { return };
        if found.is_none() {
            let none = Reaction { emoji: emoji.clone(), count: 0, by: Vec::new(), mine: false };
            self.reactions.push(none);
        }
        let reaction = &mut self.reactions[at];
        if on {
            // The list holds the earliest people: nobody is appended after people who are not listed.
            if reaction.count == reaction.by.len() as u64 && reaction.by.len() < REACTORS_LISTED {
                reaction.by.push(person.clone());
            }
            reaction.count += 1;
        } else {
            reaction.by.retain(|listed| listed.id != person.id);
            reaction.count = reaction.count.saturating_sub(1);
        }
        if is_mine {
            reaction.mine = on;
        }
        if reaction.count == 0 {
            self.reactions.remove(at);
        }
    }
}

impl Reaction {
    /// Whether `me`, the reader, added this emoji.
    pub fn is_mine(&self, me: &PersonId) -> bool {
        self.mine || self.by.iter().any(|person| person.id == *me)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64, kind: EntryKind) -> Entry {
        let author = Person { id: "ada1".parse().unwrap(), name: "Ada".parse().unwrap() };
        Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(seq * 10), author, kind }
    }

    fn message() -> Message {
        let key = PublishKey::from_bytes([1; 16]);
        let text = Some("hello".parse().unwrap());
        Message::from_entry(&entry(1, EntryKind::Message { key, text, reply_to: None })).unwrap()
    }

    fn reaction(seq: u64, person: u64, on: bool) -> Entry {
        let kind = EntryKind::Reaction { target: Seq(1), emoji: "👍".parse().unwrap(), on };
        let author = Person {
            id: format!("person{person}").parse().unwrap(),
            name: format!("P {person}").parse().unwrap(),
        };
        Entry { author, ..entry(seq, kind) }
    }

    #[test]
    fn edits_and_reactions_are_applied() {
        let mut message = message();
        let me: PersonId = "person3".parse().unwrap();
        message.fold(
            &entry(2, EntryKind::Edit { target: Seq(1), text: Some("hello all".parse().unwrap()) }),
            Some(&me),
        );
        message.fold(&reaction(3, 3, true), Some(&me));
        message.fold(&entry(4, EntryKind::Delete { target: Seq(9) }), Some(&me));
        message.fold(&entry(4, EntryKind::Unknown { kind: "parade".to_owned() }), Some(&me));
        assert_eq!(message.text.as_ref().unwrap().as_str(), "hello all");
        assert_eq!(message.edited, Some(Timestamp(20)));
        assert_eq!((message.reactions[0].count, message.reactions[0].mine), (1, true));
        message.fold(&reaction(5, 3, false), Some(&me));
        assert!(message.reactions.is_empty());
    }

    #[test]
    fn many_reactions_are_counted_and_the_first_are_listed() {
        let mut message = message();
        for person in 0..25 {
            message.fold(&reaction(2 + person, person, true), None);
        }
        let ids = |message: &Message| -> Vec<String> {
            message.reactions[0].by.iter().map(|person| person.id.to_string()).collect()
        };
        assert_eq!((message.reactions[0].count, ids(&message).len()), (25, REACTORS_LISTED));
        message.fold(&reaction(30, 3, false), None);
        message.fold(&reaction(31, 20, false), None);
        message.fold(&reaction(32, 99, true), None);
        assert_eq!((message.reactions[0].count, ids(&message).len()), (24, REACTORS_LISTED - 1));
        assert!(!ids(&message).contains(&"person99".to_owned()), "there are earlier ones, unlisted");
    }

    #[test]
    fn deleted_message_ignores_later_changes() {
        let mut message = message();
        for (seq, kind) in [
            (2, EntryKind::Delete { target: Seq(1) }),
            (3, EntryKind::Edit { target: Seq(1), text: Some("back".parse().unwrap()) }),
            (4, EntryKind::Reaction { target: Seq(1), emoji: "👍".parse().unwrap(), on: true }),
        ] {
            message.fold(&entry(seq, kind), None);
        }
        assert_eq!((message.text, message.edited, message.reactions.len()), (None, None, 0));
    }
}
