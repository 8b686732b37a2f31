//! A journal in memory with its own delivery thread: it delivers late, in bursts, some records twice, and
//! among foreign records. It keeps a journal's promises and nothing more.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use holdline_shared::{Epoch, Person, RoomName, Seq};
use parking_lot::{Condvar, Mutex};

use crate::log::clock::wall_clock;
use crate::log::draft::{Draft, DraftKind};
use crate::log::error::LogError;
use crate::log::journal::{Identity, Journal, JournalEvent, JournalFollower};
use crate::log::record::{OrderedRecord, Record};

/// The foreign records that appear among the appended ones.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// No foreign records.
    None,
    /// Drafts that no projection accepts.
    Refused,
}

/// A follower's view of the journal.
#[derive(Clone)]
pub(super) struct UnrulyJournal {
    stream: Arc<Stream>,
    seed: u64,
}

/// The journal's records, common to all nodes.
struct Stream {
    state: Mutex<State>,
    changed: Condvar,
    foreign: Foreign,
}

struct State {
    identity: Identity,
    records: Vec<OrderedRecord>,
    /// The number of times that the journal was replaced.
    life: u64,
    is_held_back: bool,
}

/// A repeatable sequence of numbers (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

impl UnrulyJournal {
    pub(super) fn new(seed: u64, foreign: Foreign) -> Self {
        let state = State { identity: identity(seed), records: Vec::new(), life: 0, is_held_back: false };
        let stream = Stream { state: Mutex::new(state), changed: Condvar::new(), foreign };
        Self { stream: Arc::new(stream), seed }
    }

    /// Makes another node's view of the same journal, with other delays.
    pub(super) fn another_follower(&self, seed: u64) -> Self {
        Self { stream: self.stream.clone(), seed }
    }

    /// Stops or resumes delivery.
    pub(super) fn hold_back(&self, is_held_back: bool) {
        self.stream.state.lock().is_held_back = is_held_back;
        self.stream.changed.notify_all();
    }

    /// Restores the journal to its first `kept` records, followed by `records` of other nodes.
    pub(super) fn restore(&self, kept: usize, records: Vec<Record>) {
        let mut state = self.stream.state.lock();
        state.records.truncate(kept);
        state.life += 1;
        state.identity = identity(self.seed + 1_000 * state.life);
        for record in records {
            state.push(record);
        }
        self.stream.changed.notify_all();
    }
}

fn identity(seed: u64) -> Identity {
    let mut secret = [0; 32];
    secret[..8].copy_from_slice(&seed.to_le_bytes());
    Identity { epoch: Epoch(seed), secret }
}

impl State {
    fn push(&mut self, record: Record) -> Seq {
        let position = Seq(self.records.last().map_or(0, |last| last.position.0) + 1);
        self.records.push(OrderedRecord { position, at: wall_clock(), record });
        position
    }

    fn head(&self) -> Seq {
        self.records.last().map_or(Seq::START, |last| last.position)
    }

    /// The index of the first record after a position.
    fn place_after(&self, after: Seq) -> usize {
        self.records.partition_point(|ordered| ordered.position <= after)
    }
}

/// Makes a draft that every projection refuses: the deletion of a message that does not exist.
fn refused() -> Record {
    let kind = DraftKind::Delete { target: Seq(u64::MAX >> 1) };
    Record::of_draft(Draft { author: Person::stdin(), room: RoomName::lobby(), kind }, false).remove(0)
}

impl Journal for UnrulyJournal {
    fn identity(&self) -> Identity {
        self.stream.state.lock().identity
    }

    fn head(&self) -> Seq {
        self.stream.state.lock().head()
    }

    fn append(&self, records: Vec<Record>) -> BoxFuture<'static, Result<Vec<Seq>, LogError>> {
        let mut state = self.stream.state.lock();
        let positions = records.into_iter().map(|record| {
            if self.stream.foreign == Foreign::Refused && state.records.len() % 3 == 1 {
                state.push(refused());
            }
            state.push(record)
        });
        let positions = positions.collect();
        self.stream.changed.notify_all();
        ready(Ok(positions)).boxed()
    }

    fn read(&self, after: Seq) -> BoxFuture<'static, Result<Vec<OrderedRecord>, LogError>> {
        let state = self.stream.state.lock();
        let some = state.records[state.place_after(after)..].iter().take(10).cloned().collect();
        ready(Ok(some)).boxed()
    }

    fn follow(&self, after: Seq, follower: JournalFollower) {
        let (stream, random) = (Arc::downgrade(&self.stream), Random(self.seed));
        thread::spawn(move || deliver(&stream, after, random, &follower));
    }
}

/// Delivers until the journal is gone. The thread knows its position, but nothing of the follower's.
fn deliver(stream: &Weak<Stream>, after: Seq, mut random: Random, follower: &JournalFollower) {
    let (mut after, mut life) = (after, 0);
    let mut recent: VecDeque<OrderedRecord> = VecDeque::new();
    while let Some(stream) = stream.upgrade() {
        let mut state = stream.state.lock();
        if state.life != life {
            let (identity, head) = (state.identity, state.head());
            (life, after) = (state.life, Seq::START);
            recent.clear();
            drop(state);
            follower(JournalEvent::Replaced { identity, head }).unwrap();
            continue;
        }
        if state.is_held_back || state.head() <= after {
            // The time-out lets the thread notice that the journal is gone.
            stream.changed.wait_for(&mut state, std::time::Duration::from_millis(50));
            continue;
        }
        let begin = state.place_after(after);
        let most = if random.below(3) == 0 { 400 } else { 1 + random.below(4) };
        let burst: Vec<OrderedRecord> = state.records[begin..].iter().take(most).cloned().collect();
        drop(state);
        for _ in 0..random.below(4) {
            thread::yield_now();
        }
        // Some earlier records again, then the burst, sometimes twice.
        let again = random.below(recent.len() + 1);
        let repeated: Vec<OrderedRecord> = recent.range(again..).chain(&burst).cloned().collect();
        follower(JournalEvent::Records(&repeated)).unwrap();
        if random.below(4) == 0 {
            follower(JournalEvent::Records(&burst)).unwrap();
        }
        after = burst.last().map_or(after, |last| last.position);
        recent.extend(burst);
        recent.drain(..recent.len().saturating_sub(20));
    }
}
