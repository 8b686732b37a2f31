//! What a run has shown: everything that anybody knows, held against what the disk has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use holdline_shared::{Entry, EntryKind, Seq};

use super::record::{Segment, Sent, mark};
use super::world::World;

/// The outcome of one seed.
#[derive(Debug)]
pub struct Verdict {
    /// Makes the run again.
    pub seed: u64,
    /// Of everything that happened; two runs of a seed have the same.
    pub digest: u64,
    /// How much happened.
    pub events: usize,
    /// Publishes that were answered.
    pub acknowledged: usize,
    /// Publishes that were sent more than once.
    pub retried: usize,
    /// Entries and messages that subscribers were shown.
    pub deliveries: usize,
    /// Times that the server was started.
    pub starts: usize,
    /// Lives that the log had.
    pub lives: usize,
    /// When everyone had everything, since the beginning.
    pub settled: Duration,
    /// Entries that a subscriber should have been shown and was not, or that were acknowledged and are gone.
    pub lost: usize,
    /// Shown twice.
    pub doubled: usize,
    /// Shown out of log order.
    pub disordered: usize,
    /// Shown, but not what the disk has there.
    pub never_durable: usize,
    /// Publishes that are in the log more than once.
    pub stored_twice: usize,
    /// Shown without having been asked for.
    pub strays: usize,
    /// Whether all publishers were answered and all subscribers came to the end of the log in time.
    pub is_live: bool,
    /// Whether nobody left anything behind: no held poll, no panic.
    pub is_clean: bool,
    /// What happened, line by line.
    pub lines: Vec<String>,
}

impl Verdict {
    pub(super) fn of(world: &World, are_done: bool, settled: Duration) -> Self {
        let lives = world.disk.life() + 1;
        let logs: Vec<_> = (0..lives).map(|life| world.disk.entries(life)).collect();
        let held = world.server.run().map_or(0, |run| run.hub.held());
        let mut verdict = Self {
            seed: world.seed,
            digest: world.trace.digest(),
            events: world.trace.count(),
            acknowledged: 0,
            retried: 0,
            deliveries: 0,
            starts: world.server.runs(),
            lives,
            settled,
            lost: 0,
            doubled: 0,
            disordered: 0,
            never_durable: 0,
            stored_twice: 0,
            strays: 0,
            is_live: are_done && world.all_seen(),
            is_clean: held == 0 && !world.has_panicked.get(),
            lines: world.trace.take_lines(),
        };
        for (number, record) in world.records.iter().enumerate() {
            let record = record.borrow();
            verdict.strays += record.strays;
            if !record.has_all(lives - 1, &logs[lives - 1]) {
                verdict.lines.push(format!("subscriber {number} is not at the end: {record:?}"));
            }
            for segment in &record.segments {
                let before = verdict.broken();
                verdict.check(segment, &logs[segment.life]);
                if verdict.broken() > before {
                    verdict.lines.push(format!("subscriber {number} was shown wrongly: {segment:?}"));
                }
            }
        }
        for sent in world.sent.borrow().iter() {
            let open = sent.wishes.iter().filter(|wish| !wish.is_acknowledged);
            verdict.lines.extend(open.map(|wish| format!("never acknowledged: {wish:?}")));
            verdict.check_wishes(sent, &logs[lives - 1]);
        }
        verdict
    }

    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.broken() == 0 && self.is_live && self.is_clean
    }

    fn broken(&self) -> usize {
        self.lost + self.doubled + self.disordered + self.never_durable + self.stored_twice + self.strays
    }

    fn check(&mut self, segment: &Segment, log: &[Entry]) {
        self.deliveries += segment.page.len() + segment.polled.len();
        let durable: BTreeMap<Seq, String> = log
            .iter()
            .filter(|entry| segment.concerns(entry))
            .map(|entry| (entry.seq, mark(entry)))
            .collect();

        let mut seen = BTreeSet::new();
        let mut last = segment.from;
        for (seq, mark) in &segment.polled {
            self.doubled += usize::from(!seen.insert(*seq));
            self.disordered += usize::from(*seq < last);
            self.never_durable += usize::from(durable.get(seq) != Some(mark));
            last = *seq;
        }
        let due = durable.keys().filter(|seq| **seq > segment.from && **seq <= segment.upto);
        self.lost += due.filter(|seq| !seen.contains(seq)).count();

        // History has messages alone; what was done to them is folded in.
        let mut seen = BTreeSet::new();
        for (seq, key) in &segment.page {
            self.doubled += usize::from(!seen.insert(*seq));
            let is_durable = log.iter().any(|entry| {
                entry.seq == *seq
                    && matches!(&entry.kind, EntryKind::Message { key: known, .. } if known == key)
            });
            self.never_durable += usize::from(!is_durable);
        }
        self.disordered += usize::from(!segment.page.is_sorted_by_key(|(seq, _)| *seq));
        let is_due = |entry: &&Entry| {
            segment.room.is_some()
                && segment.concerns(entry)
                && entry.seq <= segment.from
                && matches!(entry.kind, EntryKind::Message { .. })
        };
        self.lost += log.iter().filter(is_due).filter(|entry| !seen.contains(&entry.seq)).count();
    }

    fn check_wishes(&mut self, sent: &Sent, log: &[Entry]) {
        for wish in &sent.wishes {
            let is_it = |entry: &&Entry| {
                entry.author.id == sent.author
                    && entry.room == wish.room
                    && matches!(&entry.kind, EntryKind::Message { key, .. } if wish.keys.contains(key))
            };
            let stored = log.iter().filter(is_it).count();
            self.acknowledged += usize::from(wish.is_acknowledged);
            self.retried += usize::from(wish.tries > 1);
            self.stored_twice += usize::from(stored > 1);
            self.lost += usize::from(wish.is_acknowledged && stored == 0);
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, digest, events, acknowledged, retried, deliveries, starts, lives, .. } = self;
        let Self { lost, doubled, disordered, never_durable, stored_twice, strays, .. } = self;
        writeln!(
            f,
            "seed {seed}: {events} events (digest {digest:016x}), {acknowledged} acknowledged, {retried} of them \
             retried, {deliveries} deliveries, {starts} starts, {lives} lives of the log, settled after {:.1} s",
            self.settled.as_secs_f64(),
        )?;
        write!(
            f,
            "  lost {lost}, doubled {doubled}, out of order {disordered}, never durable {never_durable}, stored \
             twice {stored_twice}, not asked for {strays}, live {}, clean {}: {}",
            self.is_live,
            self.is_clean,
            if self.is_good() { "good" } else { "BROKEN" },
        )
    }
}
