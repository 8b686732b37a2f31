//! A message as it stands now: its entry with all edits, deletion and reactions folded in.

use serde::{Deserialize, Serialize};

use crate::{Emoji, Entry, EntryKind, MessageText, Person, PersonId, PublishKey, RoomName, Seq, Timestamp};

/// What history shows. Clients hold these, too, and fold later entries in with [`Message::fold`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message's own entry.
    pub seq: Seq,
    /// Where it was said.
    pub room: RoomName,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it, by the name of then.
    pub author: Person,
    /// The key that the author's client gave it.
    pub key: PublishKey,
    /// What it says now; `null` when deleted.
    pub text: Option<MessageText>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// When it was last edited, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// Reactions, in the order in which each emoji first came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// One emoji on a message and who put it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Who put it, in order.
    pub by: Vec<PersonId>,
}

impl Message {
    /// The message that `entry` brings; `None` when it is of another kind.
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

    /// Applies an edit, deletion or reaction that is meant for this message; leaves anything else alone. Folding the
    /// same entry twice changes nothing more.
    pub fn fold(&mut self, entry: &Entry) {
        match &entry.kind {
            EntryKind::Edit { target, text } if *target == self.seq && self.text.is_some() => {
                self.text.clone_from(text);
                self.edited = Some(entry.at);
            }
            EntryKind::Delete { target } if *target == self.seq => {
                self.text = None;
                self.reactions.clear();
            }
            EntryKind::Reaction { target, emoji, on } if *target == self.seq => {
                self.react(emoji, &entry.author.id, *on);
            }
            _ => {}
        }
    }

    /// Whether `person` has put `emoji`.
    pub fn has_reaction(&self, emoji: &Emoji, person: &PersonId) -> bool {
        self.reactions.iter().any(|r| r.emoji == *emoji && r.by.contains(person))
    }

    fn react(&mut self, emoji: &Emoji, person: &PersonId, on: bool) {
        if self.text.is_none() {
            return;
        }
        let found = self.reactions.iter().position(|r| r.emoji == *emoji);
        match (found, on) {
            (Some(i), true) if !self.reactions[i].by.contains(person) => {
                self.reactions[i].by.push(person.clone());
            }
            (None, true) => self.reactions.push(Reaction { emoji: emoji.clone(), by: vec![person.clone()] }),
            (Some(i), false) => {
                self.reactions[i].by.retain(|p| p != person);
                if self.reactions[i].by.is_empty() {
                    self.reactions.remove(i);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64, kind: EntryKind) -> Entry {
        let author = Person { id: "ada1".parse().unwrap(), name: "Ada".parse().unwrap() };
        Entry { seq: Seq(seq), room: RoomName::lobby(), at: Timestamp(seq * 10), author, kind }
    }

    fn said() -> Message {
        let key = PublishKey::from_bytes([1; 16]);
        let text = Some("hello".parse().unwrap());
        Message::from_entry(&entry(1, EntryKind::Message { key, text, reply_to: None })).unwrap()
    }

    #[test]
    fn folding_twice_is_folding_once() {
        let emoji: Emoji = "👍".parse().unwrap();
        let steps = [
            entry(2, EntryKind::Edit { target: Seq(1), text: Some("hello all".parse().unwrap()) }),
            entry(3, EntryKind::Reaction { target: Seq(1), emoji: emoji.clone(), on: true }),
            entry(4, EntryKind::Delete { target: Seq(9) }),
        ];
        let mut once = said();
        let mut twice = said();
        for step in &steps {
            once.fold(step);
            twice.fold(step);
            twice.fold(step);
        }
        assert_eq!(once, twice);
        assert_eq!(once.text.as_ref().unwrap().as_str(), "hello all");
        assert_eq!(once.edited, Some(Timestamp(20)));
        assert!(once.has_reaction(&emoji, &once.author.id));
        once.fold(&entry(5, EntryKind::Reaction { target: Seq(1), emoji, on: false }));
        assert!(once.reactions.is_empty());
    }

    #[test]
    fn what_is_deleted_stays_deleted() {
        let mut message = said();
        message.fold(&entry(2, EntryKind::Delete { target: Seq(1) }));
        message.fold(&entry(3, EntryKind::Edit { target: Seq(1), text: Some("back".parse().unwrap()) }));
        message
            .fold(&entry(4, EntryKind::Reaction { target: Seq(1), emoji: "👍".parse().unwrap(), on: true }));
        assert_eq!((message.text, message.edited, message.reactions.len()), (None, None, 0));
    }
}
