//! The ledger of a round: all clients record their actions and deliveries in it while they happen.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use holdline_shared::{Entry, MessageText, PublishKey, RoomSelection, Seq};
use tokio::sync::watch;

use super::change::{Change, ChangeAnswer, ChangeKind, ChangeRequest};
use super::check::{Clock, End, check, check_times};
use super::delivery::{Delivery, deletions, digest, text_digest};
use super::findings::{Findings, Violation};
use super::log_index::Publish;
use super::reader::{Gap, Reader, Receives};
use super::requests::Requests;

/// Identifies a reader in one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReaderId(usize);

/// Identifies a change in one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeId(usize);

/// A position in the ledger: records before it happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct LedgerPosition(u64);

/// The record of one round.
#[derive(Default)]
pub struct Ledger {
    state: Mutex<State>,
    /// Grows with every record.
    positions: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    publishes: BTreeMap<PublishKey, Publish>,
    changes: Vec<Change>,
    /// The last entry of the log before this ledger. Who asked for those up to here is in another one.
    begin: Seq,
    /// Messages whose deletion was acknowledged, with the position of that record.
    deleted: HashMap<Seq, LedgerPosition>,
    readers: Vec<Reader>,
    /// Violations that were noticed while they happened.
    violations: Vec<(Violation, String)>,
    deliveries: usize,
    acknowledgements: usize,
    clock: Clock,
    position: LedgerPosition,
    /// Requests that failed or were refused and were repeated.
    failures: usize,
    /// The number of responses to publishers with each status.
    statuses: HashMap<u16, usize>,
}

impl Ledger {
    /// Records that the server's clock jumps from now on, so that entries may be dated back.
    pub fn set_clock_jumping(&self) {
        self.state().clock = Clock::Jumping;
    }

    /// Records that the log has entries up to here already, which others have asked for.
    pub fn begin_after(&self, last: Seq) {
        self.state().begin = last;
    }

    /// Records that a publisher is about to publish this text with this key.
    pub fn record_attempt(&self, key: PublishKey, text: &MessageText) {
        self.state().publishes.entry(key).or_default().text = Some(text_digest(text.as_str()));
    }

    /// Records that a publish with this key was acknowledged as this entry.
    pub fn record_acknowledgement(&self, key: PublishKey, seq: Seq) {
        let mut state = self.state();
        state.publishes.entry(key).or_default().answers.push(seq);
        state.acknowledgements += 1;
        drop(state);
        self.advance();
    }

    /// Records that a publisher is about to request this change.
    pub fn record_change(&self, request: ChangeRequest) -> ChangeId {
        let mut state = self.state();
        state.changes.push(Change { request, answers: Vec::new() });
        ChangeId(state.changes.len() - 1)
    }

    /// Records the answer to a change.
    pub fn record_change_answer(&self, ChangeId(id): ChangeId, answer: ChangeAnswer) {
        let mut state = self.state();
        let position = state.position;
        let change = &mut state.changes[id];
        let is_done = !matches!(answer, ChangeAnswer::Refused);
        let deleted = matches!(change.request.kind, ChangeKind::Delete).then_some(change.request.target);
        change.answers.push(answer);
        state.acknowledgements += usize::from(is_done);
        if let Some(message) = deleted.filter(|_| is_done) {
            state.deleted.entry(message).or_insert(position);
        }
        drop(state);
        self.advance();
    }

    /// The current position. A reader takes it before its request, so that [`record_entries`](Self::record_entries) knows which deletions
    /// were acknowledged before that.
    pub fn position(&self) -> LedgerPosition {
        self.state().position
    }

    /// Records the status of a response to a publisher.
    pub fn record_status(&self, status: u16) {
        *self.state().statuses.entry(status).or_default() += 1;
        self.advance();
    }

    /// Adds a reader of these rooms, of everything after `from`.
    pub fn add_reader(&self, name: String, rooms: RoomSelection, from: Seq, receives: Receives) -> ReaderId {
        let mut state = self.state();
        state.readers.push(Reader::new(name, rooms, from, receives));
        ReaderId(state.readers.len() - 1)
    }

    /// Records that a reader's poll was answered.
    pub fn record_poll(&self, ReaderId(id): ReaderId) {
        self.state().readers[id].answers += 1;
        self.advance();
    }

    /// Records a request that failed and will be repeated.
    pub fn record_failure(&self) {
        self.state().failures += 1;
    }

    /// Records the entries of one response to a reader that sent its request at position `asked`.
    pub fn record_entries(&self, ReaderId(id): ReaderId, asked: LedgerPosition, entries: &[Entry]) {
        let deliveries =
            entries.iter().map(|entry| Delivery::Entry { seq: entry.seq, digest: digest(entry) });
        let deliveries: Vec<_> = deliveries.collect();
        let deletions = deletions(entries);
        let mut state = self.state();
        state.deliveries += deliveries.len();
        for entry in entries.iter().filter(|entry| entry.kind.text().is_some()) {
            let Some(message) = entry.text_of() else { continue };
            let is_known = state.deleted.get(&message).is_some_and(|position| *position < asked);
            if is_known || deletions.contains(&message) {
                let what = format!("{} saw {} with its deleted text", state.readers[id].name, entry.seq);
                state.violations.push((Violation::Undeleted, what));
            }
        }
        let reader = &mut state.readers[id];
        reader.last = entries.iter().map(|entry| entry.seq).fold(reader.last, Seq::max);
        reader.seen.extend(deliveries);
        drop(state);
        self.advance();
    }

    /// Records that a reader was told of a gap and continued after it.
    pub fn record_gap(&self, ReaderId(id): ReaderId, gap: Gap) {
        self.state().readers[id].gaps.push(gap);
        self.advance();
    }

    /// Records a text that a reader received.
    pub fn record_text(&self, ReaderId(id): ReaderId, text: &str) {
        let mut state = self.state();
        state.deliveries += 1;
        state.readers[id].seen.push(Delivery::Text { digest: text_digest(text) });
        drop(state);
        self.advance();
    }

    /// Records a violation.
    pub fn report(&self, violation: Violation, what: impl Into<String>) {
        self.state().violations.push((violation, what.into()));
        self.advance();
    }

    /// The number of gaps that readers were told of so far.
    pub fn gaps(&self) -> usize {
        self.state().readers.iter().map(|reader| reader.gaps.len()).sum()
    }

    /// The number of deliveries so far.
    pub fn deliveries(&self) -> usize {
        self.state().deliveries
    }

    /// The number of acknowledged publishes and changes so far.
    pub fn acknowledgements(&self) -> usize {
        self.state().acknowledgements
    }

    /// The number of responses to publishers with this status so far.
    pub fn status(&self, status: u16) -> usize {
        self.state().statuses.get(&status).copied().unwrap_or_default()
    }

    /// The number of answered polls of each reader so far.
    pub fn answers(&self) -> Vec<u64> {
        self.state().readers.iter().map(|reader| reader.answers).collect()
    }

    /// The readers that had answered polls `then` and none since.
    pub fn silent_since(&self, then: &[u64]) -> Vec<String> {
        let state = self.state();
        let pairs = state.readers.iter().zip(then);
        let silent = pairs.filter(|(reader, then)| **then > 0 && reader.answers <= **then);
        silent.map(|(reader, _)| reader.name.clone()).collect()
    }

    /// The readers that have not received the end of this log.
    pub fn readers_behind(&self, log: &[Entry]) -> Vec<String> {
        let state = self.state();
        let behind = state.readers.iter().filter(|reader| reader.is_behind(log));
        behind.map(|reader| reader.name.clone()).collect()
    }

    /// A channel that changes with every record.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.positions.subscribe()
    }

    /// Compares all records with the log at the end of a round.
    pub fn check(&self, log: &[Entry]) -> Findings {
        self.check_at(log, log, End::Complete)
    }

    /// Compares all records with everything that the log ever had, and that with what it still has, at the end of a
    /// round with retention.
    pub fn check_with_retention(&self, whole: &[Entry], kept: &[Entry]) -> Findings {
        self.check_at(whole, kept, End::Complete)
    }

    /// Compares all records with a log that was interrupted for good: readers have received only a prefix.
    pub fn check_interrupted(&self, log: &[Entry]) -> Findings {
        self.check_at(log, log, End::Interrupted)
    }

    fn check_at(&self, whole: &[Entry], kept: &[Entry], end: End) -> Findings {
        let state = self.state();
        let requests = Requests { publishes: &state.publishes, changes: &state.changes, begin: state.begin };
        let mut findings = check(&requests, &state.readers, whole, kept, end);
        check_times(whole, state.clock, &mut findings);
        findings.failures = state.failures;
        for (violation, what) in &state.violations {
            findings.add(*violation, || what.clone());
        }
        findings
    }

    fn advance(&self) {
        self.state().position.0 += 1;
        self.positions.send_modify(|position| *position += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each record is one push, so a writer that panicked has left nothing incomplete.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
