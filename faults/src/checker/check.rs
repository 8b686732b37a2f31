//! The comparison of a round's records with the final log.

use std::collections::{BTreeSet, HashMap, HashSet};

use holdline_shared::{Entry, EntryKind, PersonId, PublishKey, RoomName, Seq};

use super::check_changes::check_changes;
use super::delivery::{Delivery, digest, digest_of_text};
use super::findings::{Findings, Violation};
use super::fold::{check_kept, check_steps};
use super::log_index::LogIndex;
use super::reader::{Reader, Receives};
use super::requests::Requests;

/// The largest step of the clock, in milliseconds, for which entries share a date instead of going back.
const SMALL_STEP: u64 = 60_000;

/// The server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Clock {
    /// A normal clock.
    #[default]
    Steady,
    /// A clock that is set forwards and back by days.
    Jumping,
}

/// The state in which a round ended for its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The check that each reader has seen everything.
    Complete,
    /// The round was interrupted: each reader has seen a prefix.
    Interrupted,
}

/// Compares the records of publishers and readers with `whole`, all entries that the log ever had, and `whole` with
/// `kept`, the entries that it still has.
pub(super) fn check(
    requests: &Requests<'_>,
    readers: &[Reader],
    whole: &[Entry],
    kept: &[Entry],
    end: End,
) -> Findings {
    let mut findings = Findings { stored: whole.len(), readers: readers.len(), ..Findings::default() };
    check_log(whole, &mut findings);
    check_publishes(requests, whole, &mut findings);
    check_steps(whole, &mut findings);
    check_kept(whole, kept, &mut findings);
    let index = LogIndex::new(whole, requests.publishes, requests.changes);
    for entry in kept.iter().filter(|entry| !index.allows(entry.seq, digest(entry))) {
        findings.add(Violation::Phantom, || format!("{} is not what it was", entry.seq));
    }
    check_changes(requests, &index, &mut findings);
    let kept: HashSet<Seq> = kept.iter().map(|entry| entry.seq).collect();
    // Entries that were delivered with an assumed text: all readers must have received the same one.
    let mut assumed = HashMap::new();
    for reader in readers {
        check_reader(reader, &index, &kept, end, &mut assumed, &mut findings);
    }
    findings
}

/// Checks that positions grow.
fn check_log(log: &[Entry], findings: &mut Findings) {
    for pair in log.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if b.seq <= a.seq {
            findings.add(Violation::Disorder, || format!("the log has {} after {}", b.seq, a.seq));
        }
    }
}

/// Checks that times never go back, except when a jumping clock goes back by more than a small correction.
pub(super) fn check_times(log: &[Entry], clock: Clock, findings: &mut Findings) {
    for pair in log.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let back = a.at.0.saturating_sub(b.at.0);
        if back > 0 && (clock == Clock::Steady || back <= SMALL_STEP) {
            findings
                .add(Violation::TimeBack, || format!("{} is of {}, {} of {}", a.seq, a.at.0, b.seq, b.at.0));
        }
    }
}

/// Checks that each acknowledged publish is in the log once, at the position that its responses named, and that each stored
/// message was published with its key and its text.
fn check_publishes(requests: &Requests<'_>, log: &[Entry], findings: &mut Findings) {
    let publishes = requests.publishes;
    let mut stored: HashMap<PublishKey, Vec<(Seq, &PersonId)>> = HashMap::new();
    for entry in log {
        if let EntryKind::Message { key, .. } = &entry.kind {
            stored.entry(*key).or_default().push((entry.seq, &entry.author.id));
            let requested = publishes.get(key).and_then(|publish| publish.text);
            match (requested, digest_of_text(entry)) {
                (None, _) if entry.seq > requests.begin => {
                    findings.add(Violation::Phantom, || format!("nobody published {key}: {entry:?}"));
                }
                (Some(requested), Some(stored)) if requested != stored => {
                    findings
                        .add(Violation::Answers, || format!("{key} is stored with another text: {entry:?}"));
                }
                _ => {}
            }
        }
    }
    for (key, publish) in publishes {
        findings.published += 1;
        let copies = stored.get(key).map(Vec::as_slice).unwrap_or_default();
        if copies.len() > 1 {
            findings.add(Violation::StoredTwice, || format!("{key} is in the log as {copies:?}"));
        }
        if publish.answers.is_empty() {
            continue;
        }
        findings.acknowledged += 1;
        if copies.is_empty() {
            findings.add(Violation::Lost, || format!("{key} was acknowledged as {:?}", publish.answers));
        }
        for answer in &publish.answers {
            if !copies.is_empty() && copies.iter().all(|(seq, _)| seq != answer) {
                findings.add(Violation::Answers, || {
                    format!("{key} was acknowledged as {answer}, stored as {copies:?}")
                });
            }
        }
        if publish.answers.iter().collect::<BTreeSet<_>>().len() > 1 {
            findings.add(Violation::Answers, || format!("{key} was acknowledged as {:?}", publish.answers));
        }
    }
}

/// Checks that a reader received each entry of its rooms once, in order, and nothing else.
fn check_reader(
    reader: &Reader,
    index: &LogIndex<'_>,
    kept: &HashSet<Seq>,
    end: End,
    assumed: &mut HashMap<Seq, u64>,
    findings: &mut Findings,
) {
    let name = &reader.name;
    let (mut seen, mut last) = (BTreeSet::new(), Seq::START);
    // The first entry received of each room: a reader that starts at the beginning of the log must receive what the log
    // still has.
    let mut first: HashMap<&RoomName, Seq> = HashMap::new();
    findings.deliveries += reader.seen.len();
    for &delivery in &reader.seen {
        let Some(seq) = index.find(delivery) else {
            findings.add(Violation::Phantom, || format!("{name} saw {delivery:?}, which is not in the log"));
            continue;
        };
        if let Delivery::Entry { digest, .. } = delivery
            && index.has_assumed_text(seq, digest)
            && *assumed.entry(seq).or_insert(digest) != digest
        {
            findings
                .add(Violation::Phantom, || format!("{name} saw {seq} with another text than others did"));
        }
        if !seen.insert(seq) {
            findings.add(Violation::Duplicate, || format!("{name} saw {seq} twice"));
        } else if seq < last {
            findings.add(Violation::Disorder, || format!("{name} saw {seq} after {last}"));
        }
        if let Some(entry) = index.entry(seq) {
            first.entry(&entry.room).or_insert(seq);
        }
        last = last.max(seq);
    }
    for gap in reader.gaps.iter().filter(|gap| !gap.is_honest(reader, index.log)) {
        findings.add(Violation::Repair, || {
            format!("{name} was told of a gap at {}, nothing was gone", gap.after)
        });
    }
    for entry in index.log.iter().filter(|entry| reader.expects(entry)) {
        if end == End::Interrupted && entry.seq > last {
            break;
        }
        let is_before_start = reader.from == Seq::START
            && !kept.contains(&entry.seq)
            && first.get(&entry.room).is_none_or(|first| entry.seq < *first);
        let is_owed = reader.receives == Receives::Entries || index.is_due_as_text(entry);
        if !seen.remove(&entry.seq) && is_owed && !is_before_start {
            findings.add(Violation::Undelivered, || {
                format!("{name} never saw {} of {}", entry.seq, entry.room.as_str())
            });
        }
    }
    for seq in seen {
        findings.add(Violation::Phantom, || format!("{name} saw {seq}, which is none of its own"));
    }
}
