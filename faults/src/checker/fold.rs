//! The fold of the entries, which is what people see. Finds changes in the log that change nothing, deleted texts that
//! are still stored, and history that differs from the entries.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdline_shared::{Emoji, Entry, EntryKind, Message, PersonId, RoomName, Seq};

use super::delivery::{deletions, digest_of_text};
use super::findings::{Findings, Violation};

/// The state of a message at some position in the log.
struct State<'a> {
    entry: &'a Entry,
    /// [`digest_of_text`] of the current text; `None` once it was deleted.
    text: Option<u64>,
    is_deleted: bool,
    reactions: HashSet<(&'a PersonId, &'a Emoji)>,
}

/// Checks that every entry changes something; an entry that does not is a repeat that was stored.
pub(super) fn check_steps(log: &[Entry], findings: &mut Findings) {
    let mut messages: HashMap<Seq, State<'_>> = HashMap::new();
    for entry in log {
        if matches!(entry.kind, EntryKind::Message { .. }) {
            let text = digest_of_text(entry);
            let state = State { entry, text, is_deleted: false, reactions: HashSet::new() };
            messages.insert(entry.seq, state);
        }
        let Some(target) = entry.kind.target() else { continue };
        let Some(message) = messages.get_mut(&target).filter(|message| message.entry.room == entry.room)
        else {
            findings
                .add(Violation::Phantom, || format!("{} changes {target}, which is no message", entry.seq));
            continue;
        };
        if message.is_deleted {
            findings.add(Violation::StoredTwice, || format!("{} changes {target} after its end", entry.seq));
            continue;
        }
        let is_own = message.entry.author.id == entry.author.id;
        if !is_own && !matches!(entry.kind, EntryKind::Reaction { .. }) {
            findings.add(Violation::Phantom, || format!("{} changes {target} of somebody else", entry.seq));
        }
        if !message.apply(entry) {
            findings
                .add(Violation::StoredTwice, || format!("{} changes nothing: {:?}", entry.seq, entry.kind));
        }
    }
}

impl<'a> State<'a> {
    /// Applies a change; returns whether the state changed.
    fn apply(&mut self, change: &'a Entry) -> bool {
        match &change.kind {
            EntryKind::Edit { .. } => {
                let now = digest_of_text(change);
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

/// Checks the texts of the entries that the log still has: deleted texts must be gone, all others present.
pub(super) fn check_kept(whole: &[Entry], kept: &[Entry], findings: &mut Findings) {
    let deleted = deletions(whole);
    for entry in kept {
        let Some(message) = entry.text_of() else { continue };
        match (entry.kind.text(), deleted.contains(&message)) {
            (Some(_), true) => {
                findings.add(Violation::Undeleted, || format!("{} still says what was deleted", entry.seq));
            }
            (None, false) => {
                findings.add(Violation::Phantom, || format!("{} has lost its text", entry.seq));
            }
            _ => {}
        }
    }
}

/// Compares a room's history with the fold of all entries that the log ever had. `kept` are the entries that it still
/// has.
pub fn check_history(
    whole: &[Entry],
    kept: &[Entry],
    room: &RoomName,
    history: &[Message],
    findings: &mut Findings,
) {
    let mut messages: BTreeMap<Seq, Message> = BTreeMap::new();
    for entry in whole.iter().filter(|entry| entry.room == *room) {
        messages.extend(Message::from_entry(entry).map(|message| (entry.seq, message)));
        if let Some(message) = entry.kind.target().and_then(|target| messages.get_mut(&target)) {
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
        findings.add(Violation::Fold, || {
            format!("{} has {history} messages in history and {entries} in the log", room.as_str())
        });
    }
    for (expected, shown) in expected.iter().zip(&shown).filter(|(expected, shown)| expected != shown) {
        findings.add(Violation::Fold, || format!("history shows {shown:?}, the entries {expected:?}"));
    }
}

/// Removes what a reader cannot know that reads a message's entries only after its deletion: that it was edited before.
fn comparable(mut message: Message) -> Message {
    if message.text.is_none() {
        message.edited = None;
    }
    message
}
