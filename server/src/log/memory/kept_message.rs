//! A message in memory: its text as it stands, its edits, and who reacted. What is shown of it depends on who asks.

use std::collections::{BTreeMap, HashMap};

use holdline_shared::limits::REACTORS_LISTED;
use holdline_shared::{Emoji, Entry, EntryKind, Message, Person, PersonId, Reaction, Seq};

/// A message with everything that was done to it.
pub(super) struct KeptMessage {
    /// As it stands, without reactions.
    message: Message,
    edits: Vec<Seq>,
    /// In the order in which each emoji first came.
    reactions: Vec<Reactors>,
}

/// Everyone who has put one emoji.
struct Reactors {
    emoji: Emoji,
    /// By the position of their reaction.
    people: BTreeMap<Seq, Person>,
    positions: HashMap<PersonId, Seq>,
}

impl KeptMessage {
    /// The message that `entry` brings; `None` when it is of another kind.
    pub(super) fn from_entry(entry: &Entry) -> Option<Self> {
        let message = Message::from_entry(entry)?;
        Some(Self { message, edits: Vec::new(), reactions: Vec::new() })
    }

    /// As it stands, without reactions.
    pub(super) fn message(&self) -> &Message {
        &self.message
    }

    /// The positions of its edits.
    pub(super) fn edits(&self) -> &[Seq] {
        &self.edits
    }

    /// The different emoji on it.
    pub(super) fn emoji(&self) -> impl Iterator<Item = &Emoji> {
        self.reactions.iter().map(|reactors| &reactors.emoji)
    }

    /// Whether this person has put this emoji.
    pub(super) fn has_reaction(&self, emoji: &Emoji, person: &PersonId) -> bool {
        let reactors = self.reactions.iter().find(|reactors| reactors.emoji == *emoji);
        reactors.is_some_and(|reactors| reactors.positions.contains_key(person))
    }

    /// Applies an edit, a deletion or a reaction.
    pub(super) fn apply(&mut self, entry: &Entry) {
        match &entry.kind {
            EntryKind::Reaction { emoji, on: true, .. } => self.put(emoji, entry),
            EntryKind::Reaction { emoji, on: false, .. } => self.take_back(emoji, &entry.author.id),
            kind => {
                match kind {
                    EntryKind::Edit { .. } => self.edits.push(entry.seq),
                    EntryKind::Delete { .. } => self.reactions.clear(),
                    _ => {}
                }
                self.message.fold(entry, None);
            }
        }
    }

    fn put(&mut self, emoji: &Emoji, entry: &Entry) {
        let known = self.reactions.iter().position(|reactors| reactors.emoji == *emoji);
        let index = known.unwrap_or_else(|| {
            let (emoji, people, positions) = (emoji.clone(), BTreeMap::new(), HashMap::new());
            self.reactions.push(Reactors { emoji, people, positions });
            self.reactions.len() - 1
        });
        let reactors = &mut self.reactions[index];
        reactors.people.insert(entry.seq, entry.author.clone());
        reactors.positions.insert(entry.author.id.clone(), entry.seq);
    }

    fn take_back(&mut self, emoji: &Emoji, person: &PersonId) {
        let Some(index) = self.reactions.iter().position(|reactors| reactors.emoji == *emoji) else { return };
        let reactors = &mut self.reactions[index];
        if let Some(position) = reactors.positions.remove(person) {
            reactors.people.remove(&position);
        }
        if reactors.people.is_empty() {
            self.reactions.remove(index);
        }
    }

    /// The message as `reader` is shown it.
    pub(super) fn shown_to(&self, reader: Option<&PersonId>) -> Message {
        let reactions = self.reactions.iter().map(|reactors| Reaction {
            emoji: reactors.emoji.clone(),
            count: reactors.people.len() as u64,
            by: reactors.people.values().take(REACTORS_LISTED).cloned().collect(),
            mine: reader.is_some_and(|reader| reactors.positions.contains_key(reader)),
        });
        Message { reactions: reactions.collect(), ..self.message.clone() }
    }
}
