//! Checks that the log stored changes as it answered them.

use std::collections::HashMap;

use holdline_shared::{Entry, EntryKind, Seq};

use super::change::{Change, ChangeAnswer, ChangeKind, ChangeRequest};
use super::delivery::digest;
use super::findings::{Findings, Violation};
use super::log_index::LogIndex;
use super::requests::Requests;

/// Checks that each acknowledged change is in the log as its answers said, and that the log has no change that nobody
/// requested.
pub(super) fn check_changes(requests: &Requests<'_>, index: &LogIndex<'_>, findings: &mut Findings) {
    let mut stored: HashMap<Seq, Vec<&Entry>> = HashMap::new();
    for entry in index.log {
        if let Some(target) = entry.kind.target() {
            stored.entry(target).or_default().push(entry);
        }
    }
    let mut acknowledged_edits: HashMap<Seq, usize> = HashMap::new();
    let mut asked: HashMap<Seq, Vec<&ChangeRequest>> = HashMap::new();
    for change in requests.changes {
        let Change { request, .. } = change;
        findings.published += 1;
        asked.entry(request.target).or_default().push(request);
        if change.is_acknowledged() {
            findings.acknowledged += 1;
            if matches!(request.kind, ChangeKind::Edit(_)) {
                *acknowledged_edits.entry(request.target).or_default() += 1;
            }
        }
        let entries = stored.get(&request.target).map(Vec::as_slice).unwrap_or_default();
        check_answers(change, entries, index, findings);
    }
    // Of a deleted message only the number of edits can be compared.
    for (target, acknowledged) in acknowledged_edits {
        let is_edit = |entry: &&&Entry| matches!(entry.kind, EntryKind::Edit { .. });
        let edits = stored.get(&target).map_or(0, |entries| entries.iter().filter(is_edit).count());
        if edits < acknowledged && index.is_deleted(target) {
            findings.add(Violation::Lost, || format!("{acknowledged} edits of {target}, {edits} in the log"));
        }
    }
    for (target, entries) in stored {
        let asked = asked.get(&target).map(Vec::as_slice).unwrap_or_default();
        for entry in entries.into_iter().filter(|entry| entry.seq > requests.begin) {
            if !asked.iter().any(|request| request.asks_for(entry)) {
                findings
                    .add(Violation::Phantom, || format!("nobody asked for {}: {:?}", entry.seq, entry.kind));
            }
        }
    }
}

fn check_answers(change: &Change, stored: &[&Entry], index: &LogIndex<'_>, findings: &mut Findings) {
    let Change { request, answers } = change;
    for answer in answers {
        match answer {
            ChangeAnswer::Stored(entry) => match index.entry(entry.seq) {
                None => findings.add(Violation::Lost, || format!("{request:?} was stored as {}", entry.seq)),
                Some(_) if !request.asks_for(entry) || !index.allows(entry.seq, digest(entry)) => {
                    findings.add(Violation::Answers, || format!("{request:?} was acknowledged as {entry:?}"));
                }
                Some(_) => {}
            },
            // Removing a reaction that was never added, or that was deleted with its message, changes nothing either.
            ChangeAnswer::Unchanged
                if !matches!(request.kind, ChangeKind::React { on: false, .. })
                    && !stored.iter().any(|entry| request.asks_for(entry)) =>
            {
                findings.add(Violation::Lost, || format!("{request:?} was done already, and never stored"));
            }
            ChangeAnswer::Unchanged | ChangeAnswer::Refused => {}
        }
    }
}
