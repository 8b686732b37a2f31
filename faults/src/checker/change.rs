//! Changes of messages that publishers ask for, and whether the log did with them what it answered. A change has no
//! key: a repeat after a lost answer is either stored, when it still changes something, or answered as unchanged.

use std::collections::{BTreeSet, HashMap};

use holdline_shared::{Emoji, Entry, EntryKind, MessageText, PersonId, RoomName, Seq};

use super::sight::digest;
use super::truth::Truth;
use super::verdict::{Verdict, Wrong};

/// A change of one message.
#[derive(Debug, Clone)]
pub struct ChangeRequest {
    /// The person who asks.
    pub author: PersonId,
    /// The message's room.
    pub room: RoomName,
    /// The message.
    pub target: Seq,
    /// The change that is asked for.
    pub kind: ChangeKind,
}

/// The kind of a change.
#[derive(Debug, Clone)]
pub enum ChangeKind {
    /// Another text; every edit of a round has its own.
    Edit(MessageText),
    /// No text at all.
    Delete,
    /// A reaction put or taken back.
    React {
        /// The emoji.
        emoji: Emoji,
        /// Put (`true`) or taken back.
        on: bool,
    },
}

/// An answer to a change.
#[derive(Debug, Clone)]
pub enum ChangeAnswer {
    /// The change was stored as this entry.
    Stored(Box<Entry>),
    /// The change has no effect on the message.
    Unchanged,
    /// The change is impossible, through no fault of the log: the message was deleted or forgotten.
    Refused,
}

/// A change with all the answers to it.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) request: ChangeRequest,
    pub(super) answers: Vec<ChangeAnswer>,
}

impl Change {
    fn is_acknowledged(&self) -> bool {
        self.answers.iter().any(|answer| !matches!(answer, ChangeAnswer::Refused))
    }
}

impl ChangeRequest {
    /// Whether this entry is what was asked for. A text that was deleted since may have been any.
    fn asks_for(&self, entry: &Entry) -> bool {
        let is_same = match (&self.kind, &entry.kind) {
            (ChangeKind::Edit(wanted), EntryKind::Edit { target, text }) => {
                *target == self.target && text.as_ref().is_none_or(|text| text == wanted)
            }
            (ChangeKind::Delete, EntryKind::Delete { target }) => *target == self.target,
            (ChangeKind::React { emoji, on }, EntryKind::Reaction { target, emoji: stored, on: is_on }) => {
                *target == self.target && emoji == stored && on == is_on
            }
            _ => false,
        };
        is_same && entry.author.id == self.author && entry.room == self.room
    }
}

/// The message that an entry changes.
pub(super) fn target(entry: &Entry) -> Option<Seq> {
    match &entry.kind {
        EntryKind::Edit { target, .. }
        | EntryKind::Delete { target }
        | EntryKind::Reaction { target, .. } => Some(*target),
        _ => None,
    }
}

/// Each acknowledged change is in the log, as its answers said, and the log has none that nobody asked for.
pub(super) fn check_changes(changes: &[Change], truth: &Truth<'_>, verdict: &mut Verdict) {
    let mut stored: HashMap<Seq, Vec<&Entry>> = HashMap::new();
    for entry in truth.log {
        if let Some(target) = target(entry) {
            stored.entry(target).or_default().push(entry);
        }
    }
    let mut acknowledged_edits: HashMap<Seq, usize> = HashMap::new();
    let mut asked: HashMap<Seq, Vec<&ChangeRequest>> = HashMap::new();
    let mut authors: BTreeSet<&PersonId> = BTreeSet::new();
    for change in changes {
        let Change { request, .. } = change;
        verdict.published += 1;
        asked.entry(request.target).or_default().push(request);
        authors.insert(&request.author);
        if change.is_acknowledged() {
            verdict.acknowledged += 1;
            if matches!(request.kind, ChangeKind::Edit(_)) {
                *acknowledged_edits.entry(request.target).or_default() += 1;
            }
        }
        let entries = stored.get(&request.target).map(Vec::as_slice).unwrap_or_default();
        check_answers(change, entries, truth, verdict);
    }
    // Of a deleted message only the number of its edits is left to be compared.
    for (target, acknowledged) in acknowledged_edits {
        let is_edit = |entry: &&&Entry| matches!(entry.kind, EntryKind::Edit { .. });
        let edits = stored.get(&target).map_or(0, |entries| entries.iter().filter(is_edit).count());
        if edits < acknowledged && truth.is_deleted(target) {
            verdict.add(Wrong::Lost, || format!("{acknowledged} edits of {target}, {edits} in the log"));
        }
    }
    for (target, entries) in stored {
        let requests = asked.get(&target).map(Vec::as_slice).unwrap_or_default();
        for entry in entries.into_iter().filter(|entry| authors.contains(&entry.author.id)) {
            if !requests.iter().any(|request| request.asks_for(entry)) {
                verdict.add(Wrong::Phantom, || format!("nobody asked for {}: {:?}", entry.seq, entry.kind));
            }
        }
    }
}

fn check_answers(change: &Change, stored: &[&Entry], truth: &Truth<'_>, verdict: &mut Verdict) {
    let Change { request, answers } = change;
    for answer in answers {
        match answer {
            ChangeAnswer::Stored(entry) => match truth.entry(entry.seq) {
                None => verdict.add(Wrong::Lost, || format!("{request:?} was stored as {}", entry.seq)),
                Some(_) if !request.asks_for(entry) || !truth.allows(entry.seq, digest(entry)) => {
                    verdict.add(Wrong::Answers, || format!("{request:?} was acknowledged as {entry:?}"));
                }
                Some(_) => {}
            },
            // Taking back what was never put, or what went with its message, changes nothing either.
            ChangeAnswer::Unchanged
                if !matches!(request.kind, ChangeKind::React { on: false, .. })
                    && !stored.iter().any(|entry| request.asks_for(entry)) =>
            {
                verdict.add(Wrong::Lost, || format!("{request:?} was done already, and never stored"));
            }
            ChangeAnswer::Unchanged | ChangeAnswer::Refused => {}
        }
    }
}
