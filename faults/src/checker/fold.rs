//! The entries folded: what people see. Says where the log stored a change that changes nothing, where a deleted text is
//! still there, and where history shows something else.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdline_shared::{Emoji, Entry, EntryKind, Message, PersonId, RoomName, Seq};

use super::sight::{text, text_digest, texts_message};
use super::verdict::{Verdict, Wrong};

/// A message while the log is gone through.
struct State<'a> {
    entry: &'a Entry,
    /// [`text_digest`] of what it says; unknown once it was deleted.
    text: Option<u64>,
    is_deleted: bool,
    reactions: HashSet<(&'a PersonId, &'a Emoji)>,
}

/// Every entry changes something: a repeat that was stored shows as one that does not.
pub(super) fn check_steps(log: &[Entry], verdict: &mut Verdict) {
    let mut messages: HashMap<Seq, State<'_>> = HashMap::new();
    for entry in log {
        if matches!(entry.kind, EntryKind::Message { .. }) {
            let text = text(entry).map(text_digest);
            let state = State { entry, text, is_deleted: false, reactions: HashSet::new() };
            messages.insert(entry.seq, state);
        }
        let Some(target) = super::change::target(entry) else { continue };
        let Some(message) = messages.get_mut(&target).filter(|message| message.entry.room == entry.room)
        else {
            verdict.add(Wrong::Phantom, || format!("{} changes {target}, which is no message", entry.seq));
            continue;
        };
        if message.is_deleted {
            verdict.add(Wrong::StoredTwice, || format!("{} changes {target} after its end", entry.seq));
            continue;
        }
        let is_own = message.entry.author.id == entry.author.id;
        if !is_own && !matches!(entry.kind, EntryKind::Reaction { .. }) {
            verdict.add(Wrong::Phantom, || format!("{} changes {target} of somebody else", entry.seq));
        }
        if !message.apply(entry) {
            verdict.add(Wrong::StoredTwice, || format!("{} changes nothing: {:?}", entry.seq, entry.kind));
        }
    }
}

impl<'a> State<'a> {
    /// Applies a change; answers whether it is one.
    fn apply(&mut self, change: &'a Entry) -> bool {
        match &change.kind {
            EntryKind::Edit { .. } => {
                let now = text(change).map(text_digest);
                let is_new = now.is_none() || now != self.text;
                self.text = now;
                is_new
            }
            EntryKind::Delete { .. } => {
                self.is_deleted = true;
                true
            }
            EntryKind::Reaction { emoji, on: true, .. } => self.reactions.insert((&change.author.id, emoji)),
            EntryKind::Reaction { emoji, on: false, .. } => {
                self.reactions.remove(&(&change.author.id, emoji))
            }
            _ => true,
        }
    }
}

/// Checks the texts of the entries that the log still has: deleted texts are gone, all others are there.
pub(super) fn check_kept(whole: &[Entry], kept: &[Entry], verdict: &mut Verdict) {
    let deletions = whole.iter().filter_map(|entry| match entry.kind {
        EntryKind::Delete { target } => Some(target),
        _ => None,
    });
    let deleted: HashSet<Seq> = deletions.collect();
    for entry in kept {
        let Some(message) = texts_message(entry) else { continue };
        match (text(entry), deleted.contains(&message)) {
            (Some(_), true) => {
                verdict.add(Wrong::Undeleted, || format!("{} still says what was deleted", entry.seq));
            }
            (None, false) => {
                verdict.add(Wrong::Phantom, || format!("{} has lost its text", entry.seq));
            }
            _ => {}
        }
    }
}

/// Compares a room's history with the fold of the entries that the log ever had. `kept` are those it still has.
pub fn check_history(
    whole: &[Entry],
    kept: &[Entry],
    room: &RoomName,
    history: &[Message],
    verdict: &mut Verdict,
) {
    let mut messages: BTreeMap<Seq, Message> = BTreeMap::new();
    for entry in whole.iter().filter(|entry| entry.room == *room) {
        messages.extend(Message::from_entry(entry).map(|message| (entry.seq, message)));
        if let Some(message) = super::change::target(entry).and_then(|target| messages.get_mut(&target)) {
            message.fold(entry, None);
        }
    }
    let kept: HashSet<Seq> = kept.iter().map(|entry| entry.seq).collect();
    let expected: Vec<Message> =
        messages.into_values().filter(|message| kept.contains(&message.seq)).collect();
    let (expected, shown) = (expected.into_iter().map(comparable), history.iter().cloned().map(comparable));
    let (expected, shown): (Vec<_>, Vec<_>) = (expected.collect(), shown.collect());
    if expected.len() != shown.len() {
        let (entries, history) = (expected.len(), shown.len());
        verdict.add(Wrong::Fold, || {
            format!("{} has {history} messages in history and {entries} in the log", room.as_str())
        });
    }
    for (expected, shown) in expected.iter().zip(&shown).filter(|(expected, shown)| expected != shown) {
        verdict.add(Wrong::Fold, || format!("history shows {shown:?}, the entries {expected:?}"));
    }
}

/// Whoever reads a message's entries only after its deletion cannot know that it was edited before.
fn comparable(mut message: Message) -> Message {
    if message.text.is_none() {
        message.edited = None;
    }
    message
}
