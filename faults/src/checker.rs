//! The checker: knows every publish, every delivery and, at the end, the whole log; and says what does not fit. Pure:
//! reads no clock and asks nobody.

mod ledger;
mod reader;
mod sight;
#[cfg(test)]
mod tests;
mod verdict;

pub use ledger::{Ledger, ReaderId};
pub use reader::Hears;
pub use verdict::{Verdict, Wrong};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use holdline_shared::{Entry, EntryKind, MessageText, PersonId, PublishKey, Seq};

use ledger::Publish;
use reader::Reader;
use sight::{Sight, digest};

/// Compares what publishers and readers know with the log.
fn check(publishes: &BTreeMap<PublishKey, Publish>, readers: &[Reader], log: &[Entry]) -> Verdict {
    let mut verdict = Verdict { stored: log.len(), readers: readers.len(), ..Verdict::default() };
    check_log(log, &mut verdict);
    check_publishes(publishes, log, &mut verdict);
    let truth = Truth::new(log);
    for reader in readers {
        check_reader(reader, &truth, &mut verdict);
    }
    verdict
}

/// The log by itself: grows, and its clock never goes back.
fn check_log(log: &[Entry], verdict: &mut Verdict) {
    for pair in log.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if b.seq <= a.seq {
            verdict.add(Wrong::Disorder, || format!("the log has {} after {}", b.seq, a.seq));
        }
        if b.at < a.at {
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

/// The log, prepared for looking up.
struct Truth<'a> {
    log: &'a [Entry],
    digests: HashMap<Seq, u64>,
    texts: HashMap<u64, Seq>,
}

impl<'a> Truth<'a> {
    fn new(log: &'a [Entry]) -> Self {
        let digests = log.iter().map(|entry| (entry.seq, digest(entry))).collect();
        let texts =
            log.iter().filter_map(|entry| Some((sight::text_digest(message_text(entry)?), entry.seq)));
        Self { log, digests, texts: texts.collect() }
    }

    /// Which entry a reader saw, if there is such a one.
    fn find(&self, sight: Sight) -> Option<Seq> {
        match sight {
            Sight::Entry { seq, digest } => (self.digests.get(&seq) == Some(&digest)).then_some(seq),
            Sight::Text { digest } => self.texts.get(&digest).copied(),
        }
    }
}

/// Each entry of the reader's rooms, once, in order, and nothing else.
fn check_reader(reader: &Reader, truth: &Truth<'_>, verdict: &mut Verdict) {
    let name = &reader.name;
    let (mut seen, mut last) = (BTreeSet::new(), Seq::START);
    verdict.deliveries += reader.seen.len();
    for &sight in &reader.seen {
        let Some(seq) = truth.find(sight) else {
            verdict.add(Wrong::Phantom, || format!("{name} saw {sight:?}, which is not in the log"));
            continue;
        };
        if !seen.insert(seq) {
            verdict.add(Wrong::Twice, || format!("{name} saw {seq} twice"));
        } else if seq < last {
            verdict.add(Wrong::Disorder, || format!("{name} saw {seq} after {last}"));
        }
        last = last.max(seq);
    }
    let expected = truth.log.iter().filter(|entry| reader.expects(entry));
    for entry in expected {
        if !seen.remove(&entry.seq) {
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
