//! The checker: knows every publish, every delivery and, at the end, the whole log; and says what does not fit. Pure:
//! reads no clock and asks nobody.

mod change;
mod fold;
mod ledger;
mod reader;
mod sight;
#[cfg(test)]
mod tests;
mod truth;
mod verdict;

pub use change::{ChangeAnswer, ChangeKind, ChangeRequest};
pub use fold::check_history;
pub use ledger::{ChangeId, Ledger, Line, ReaderId};
pub use reader::{Gap, Hears};
pub use verdict::{Verdict, Wrong};

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use holdline_shared::{Entry, EntryKind, MessageText, PersonId, PublishKey, RoomName, Seq};

use change::Change;
use ledger::Publish;
use reader::Reader;
use sight::Sight;
use truth::Truth;

/// Milliseconds: entries share a date when the clock goes back by no more than this.
const SMALL_STEP: u64 = 60_000;

/// The server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Clock {
    /// Goes as the time does.
    #[default]
    Goes,
    /// Is set by days, forwards and back.
    Jumps,
}

/// How a round ended for its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All of them have seen everything.
    Complete,
    /// In the middle: each has seen a first part.
    Interrupted,
}

/// Compares what publishers and readers know with everything that the log ever had, and that with what it still has.
fn check(
    publishes: &BTreeMap<PublishKey, Publish>,
    changes: &[Change],
    readers: &[Reader],
    whole: &[Entry],
    kept: &[Entry],
    end: End,
) -> Verdict {
    let mut verdict = Verdict { stored: whole.len(), readers: readers.len(), ..Verdict::default() };
    check_log(whole, &mut verdict);
    check_publishes(publishes, whole, &mut verdict);
    fold::check_steps(whole, &mut verdict);
    fold::check_kept(whole, kept, &mut verdict);
    let truth = Truth::new(whole, publishes, changes);
    for entry in kept.iter().filter(|entry| !truth.allows(entry.seq, sight::digest(entry))) {
        verdict.add(Wrong::Phantom, || format!("{} is not what it was", entry.seq));
    }
    change::check_changes(changes, &truth, &mut verdict);
    let kept: HashSet<Seq> = kept.iter().map(|entry| entry.seq).collect();
    // Entries that were seen with a text that they may have had: all have to have seen the same one.
    let mut guesses = HashMap::new();
    for reader in readers {
        check_reader(reader, &truth, &kept, end, &mut guesses, &mut verdict);
    }
    verdict
}

/// The log by itself: grows.
fn check_log(log: &[Entry], verdict: &mut Verdict) {
    for pair in log.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if b.seq <= a.seq {
            verdict.add(Wrong::Disorder, || format!("the log has {} after {}", b.seq, a.seq));
        }
    }
}

/// Times never go back, but when the clock does so by more than it can be off by when it is corrected in small steps.
fn check_times(log: &[Entry], clock: Clock, verdict: &mut Verdict) {
    for pair in log.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let back = a.at.0.saturating_sub(b.at.0);
        if back > 0 && (clock == Clock::Goes || back <= SMALL_STEP) {
            verdict.add(Wrong::TimeBack, || format!("{} is of {}, {} of {}", a.seq, a.at.0, b.seq, b.at.0));
        }
    }
}

/// Each acknowledged publish is in the log once, where its answers said.
fn check_publishes(publishes: &BTreeMap<PublishKey, Publish>, log: &[Entry], verdict: &mut Verdict) {
    let mut stored: HashMap<PublishKey, Vec<(Seq, &PersonId)>> = HashMap::new();
    for entry in log {
        if let EntryKind::Message { key, .. } = &entry.kind {
            stored.entry(*key).or_default().push((entry.seq, &entry.author.id));
        }
    }
    for (key, publish) in publishes {
        verdict.published += 1;
        let copies = stored.get(key).map(Vec::as_slice).unwrap_or_default();
        if copies.len() > 1 {
            verdict.add(Wrong::StoredTwice, || format!("{key} is in the log as {copies:?}"));
        }
        if publish.answers.is_empty() {
            continue;
        }
        verdict.acknowledged += 1;
        if copies.is_empty() {
            verdict.add(Wrong::Lost, || format!("{key} was acknowledged as {:?}", publish.answers));
        }
        for answer in &publish.answers {
            if !copies.is_empty() && copies.iter().all(|(seq, _)| seq != answer) {
                verdict.add(Wrong::Answers, || {
                    format!("{key} was acknowledged as {answer}, stored as {copies:?}")
                });
            }
        }
        if publish.answers.iter().collect::<BTreeSet<_>>().len() > 1 {
            verdict.add(Wrong::Answers, || format!("{key} was acknowledged as {:?}", publish.answers));
        }
    }
}

/// Each entry of the reader's rooms, once, in order, and nothing else.
fn check_reader(
    reader: &Reader,
    truth: &Truth<'_>,
    kept: &HashSet<Seq>,
    end: End,
    guesses: &mut HashMap<Seq, u64>,
    verdict: &mut Verdict,
) {
    let name = &reader.name;
    let (mut seen, mut last) = (BTreeSet::new(), Seq::START);
    // The first of each room: who begins at the start of the log is owed what the log still has.
    let mut first: HashMap<&RoomName, Seq> = HashMap::new();
    verdict.deliveries += reader.seen.len();
    for &sight in &reader.seen {
        let Some(seq) = truth.find(sight) else {
            verdict.add(Wrong::Phantom, || format!("{name} saw {sight:?}, which is not in the log"));
            continue;
        };
        if let Sight::Entry { digest, .. } = sight
            && truth.is_guess(seq, digest)
            && *guesses.entry(seq).or_insert(digest) != digest
        {
            verdict.add(Wrong::Phantom, || format!("{name} saw {seq} with another text than others did"));
        }
        if !seen.insert(seq) {
            verdict.add(Wrong::Twice, || format!("{name} saw {seq} twice"));
        } else if seq < last {
            verdict.add(Wrong::Disorder, || format!("{name} saw {seq} after {last}"));
        }
        if let Some(entry) = truth.entry(seq) {
            first.entry(&entry.room).or_insert(seq);
        }
        last = last.max(seq);
    }
    for gap in reader.gaps.iter().filter(|gap| !gap.is_honest(reader, truth.log)) {
        verdict.add(Wrong::Repair, || format!("{name} was told of a gap at {}, nothing was gone", gap.after));
    }
    for entry in truth.log.iter().filter(|entry| reader.expects(entry)) {
        if end == End::Interrupted && entry.seq > last {
            break;
        }
        let is_before_start = reader.from == Seq::START
            && !kept.contains(&entry.seq)
            && first.get(&entry.room).is_none_or(|first| entry.seq < *first);
        let is_owed = reader.hears == Hears::Entries || truth.is_heard(entry);
        if !seen.remove(&entry.seq) && is_owed && !is_before_start {
            verdict.add(Wrong::Undelivered, || {
                format!("{name} never saw {} of {}", entry.seq, entry.room.as_str())
            });
        }
    }
    for seq in seen {
        verdict.add(Wrong::Phantom, || format!("{name} saw {seq}, which is none of its own"));
    }
}

fn message_text(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Message { text, .. } => text.as_ref().map(MessageText::as_str),
        _ => None,
    }
}
