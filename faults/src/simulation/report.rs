//! The result of a run: all records compared with the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Entry, EntryKind, Role, Seq};

use super::records::{PublisherRecord, Segment, fingerprint};
use super::world::World;

/// The result of one seed.
#[derive(Debug)]
pub struct SimulationReport {
    /// The seed, which repeats the run.
    pub seed: u64,
    /// The digest of all events; equal for two runs of a seed.
    pub digest: u64,
    /// The number of events.
    pub events: usize,
    /// Publishes that were acknowledged.
    pub acknowledged: usize,
    /// Publishes that were sent more than once.
    pub retried: usize,
    /// Entries and messages that subscribers showed.
    pub deliveries: usize,
    /// Starts of the server.
    pub starts: usize,
    /// Incarnations of the log.
    pub incarnations: usize,
    /// The time from the start of the run until everything was delivered.
    pub settled: Duration,
    /// Entries that a subscriber should have shown and did not, or that were acknowledged and are gone.
    pub lost: usize,
    /// Entries that were shown twice.
    pub doubled: usize,
    /// Entries that were shown out of log order.
    pub disordered: usize,
    /// Entries that were shown and that the disk does not have at that position.
    pub never_durable: usize,
    /// Publishes that are in the log more than once.
    pub stored_twice: usize,
    /// Entries that were shown of rooms that were not asked for.
    pub unrequested: usize,
    /// Entries and messages of the private room that its members were told.
    pub told: usize,
    /// Removals of members.
    pub removals: usize,
    /// Answers that told a removed member of what came after the removal.
    pub leaked: usize,
    /// Whether all publishers were answered and all subscribers reached the end of the log in time.
    pub is_live: bool,
    /// Whether nothing was left behind: no held poll, no panic.
    pub is_clean: bool,
    /// The events, line by line.
    pub lines: Vec<String>,
}

impl SimulationReport {
    pub(super) fn of(world: &World, are_done: bool, settled: Duration) -> Self {
        let incarnations = world.disk.incarnation() + 1;
        let logs: Vec<_> = (0..incarnations).map(|incarnation| world.disk.entries(incarnation)).collect();
        let held = world.server.run().map_or(0, |run| run.hub.held());
        let mut report = Self {
            seed: world.seed,
            digest: world.trace.digest(),
            events: world.trace.count(),
            acknowledged: 0,
            retried: 0,
            deliveries: 0,
            starts: world.server.runs(),
            incarnations,
            settled,
            lost: 0,
            doubled: 0,
            disordered: 0,
            never_durable: 0,
            stored_twice: 0,
            unrequested: 0,
            told: 0,
            removals: 0,
            leaked: 0,
            is_live: are_done && world.all_seen(),
            is_clean: held == 0 && !world.has_panicked.get(),
            lines: world.trace.take_lines(),
        };
        for (number, record) in world.records.iter().enumerate() {
            let record = record.borrow();
            report.unrequested += record.unrequested;
            if !record.has_all(incarnations - 1, &logs[incarnations - 1]) {
                report.lines.push(format!("subscriber {number} is not at the end: {record:?}"));
            }
            for segment in &record.segments {
                let before = report.broken();
                report.check(segment, &logs[segment.incarnation]);
                if report.broken() > before {
                    report.lines.push(format!("subscriber {number} was shown wrongly: {segment:?}"));
                }
            }
        }
        report.check_hearings(world, &logs);
        for sent in world.sent.borrow().iter() {
            let open = sent.publishes.iter().filter(|publish| !publish.is_acknowledged);
            report.lines.extend(open.map(|publish| format!("never acknowledged: {publish:?}")));
            report.check_publishes(sent, &logs[incarnations - 1]);
        }
        report
    }

    /// Whether every promise was kept.
    pub fn is_good(&self) -> bool {
        self.broken() == 0 && self.is_live && self.is_clean
    }

    fn broken(&self) -> usize {
        self.lost
            + self.doubled
            + self.disordered
            + self.never_durable
            + self.stored_twice
            + self.unrequested
            + self.leaked
    }

    fn check(&mut self, segment: &Segment, log: &[Entry]) {
        self.deliveries += segment.page.len() + segment.polled.len();
        let durable: BTreeMap<Seq, String> = log
            .iter()
            .filter(|entry| segment.concerns(entry))
            .map(|entry| (entry.seq, fingerprint(entry)))
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

        // History contains only messages, with their changes folded in.
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

    fn check_hearings(&mut self, world: &World, logs: &[Rc<[Entry]>]) {
        for hearing in world.hearings.borrow().iter() {
            self.told += hearing.entries;
            if hearing.is_leak(&world.plan.den, &logs[hearing.incarnation]) {
                self.leaked += 1;
                self.lines.push(format!("told after a removal: {hearing:?}"));
            }
        }
        let is_removal =
            |entry: &&Entry| matches!(&entry.kind, EntryKind::Member(change) if change.role == Role::None);
        self.removals = logs.iter().flat_map(|log| log.iter()).filter(is_removal).count();
    }

    fn check_publishes(&mut self, sent: &PublisherRecord, log: &[Entry]) {
        for publish in &sent.publishes {
            let is_it = |entry: &&Entry| {
                entry.author.id == sent.author
                    && entry.room == publish.room
                    && matches!(&entry.kind, EntryKind::Message { key, .. } if publish.keys.contains(key))
            };
            let stored = log.iter().filter(is_it).count();
            self.acknowledged += usize::from(publish.is_acknowledged);
            self.retried += usize::from(publish.tries > 1);
            self.stored_twice += usize::from(stored > 1);
            self.lost += usize::from(publish.is_acknowledged && stored == 0);
        }
    }
}

impl fmt::Display for SimulationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, digest, events, acknowledged, retried, deliveries, starts, incarnations, .. } = self;
        let Self { lost, doubled, disordered, never_durable, stored_twice, unrequested, .. } = self;
        let Self { told, removals, leaked, .. } = self;
        writeln!(
            f,
            "seed {seed}: {events} events (digest {digest:016x}), {acknowledged} acknowledged, {retried} of them \
             retried, {deliveries} deliveries, {starts} starts, {incarnations} incarnations of the log, settled after {:.1} s",
            self.settled.as_secs_f64(),
        )?;
        write!(
            f,
            "  lost {lost}, doubled {doubled}, out of order {disordered}, never durable {never_durable}, stored \
             twice {stored_twice}, not asked for {unrequested}; members told {told}, {removals} removals, leaked {leaked}; live {}, clean {}: {}",
            self.is_live,
            self.is_clean,
            if self.is_good() { "good" } else { "BROKEN" },
        )
    }
}
