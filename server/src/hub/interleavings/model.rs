//! The model of a hub that loom explores: its threads, its entries, and keepers driven by a loop or by a task.

use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::time::Duration;

use holdline_shared::{
    Batch, Entry, EntryKind, Person, PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic,
};
use loom::future::block_on;
use loom::thread;

use super::super::answers::Answers;
use super::super::error::PollError;
use super::super::held_polls::HeldPolls;
use super::super::log_reads::Reply;
use super::super::poll_request::{Admitted, Begin, Completed, PollRequest};
use super::super::state::HubState;
use super::super::sync::{AtomicBool, Ordering, now};
use super::super::task_polls::TaskPolls;
use crate::log::{Log as _, MemoryLog, StoredEntry};
use crate::scope::{Readers, Scope};

/// Explores all orders of two threads.
pub(super) fn check(steps: impl Fn() + Send + Sync + 'static) {
    check_within(3, steps);
}

/// Explores all orders with at most `switches` preemptions.
pub(super) fn check_within(switches: usize, steps: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(switches);
    let steps = Arc::new(steps);
    model.check(move || {
        let steps = steps.clone();
        spawn(move || steps()).join().unwrap();
    });
}

/// Starts a thread of the model, with a stack that is large enough for unoptimised code.
pub(super) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    const STACK_WORDS: usize = 0x10000;
    thread::Builder::new().stack_size(STACK_WORDS).spawn(work).unwrap()
}

pub(super) fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

pub(super) fn named(rooms: &[&str]) -> RoomSelection {
    RoomSelection::Named(rooms.iter().map(|name| room(name)).collect())
}

pub(super) fn person(id: &str) -> Person {
    Person { id: PersonId::parse(id).unwrap(), name: id.parse().unwrap() }
}

pub(super) fn entry(seq: u64, name: &str) -> Arc<StoredEntry> {
    let kind = EntryKind::Room { topic: Topic::default(), policy: None };
    let entry = Entry { seq: Seq(seq), room: room(name), at: Timestamp(seq), author: Person::house(), kind };
    Arc::new(StoredEntry::encode(entry).unwrap())
}

/// Makes a hub in which the first entries created these rooms.
pub(super) fn hub(rooms: &[&str]) -> Arc<HubState> {
    hub_with(rooms, usize::MAX)
}

pub(super) fn hub_with(rooms: &[&str], cache_limit: usize) -> Arc<HubState> {
    let hub = HubState::restore(Vec::new(), log().epoch(), Seq::START, Seq::START, cache_limit);
    for (name, seq) in rooms.iter().zip(1..) {
        hub.on_commit(&[entry(seq, name)]);
    }
    Arc::new(hub)
}

pub(super) fn admitted(after: Seq) -> Admitted {
    admitted_within(Scope::of_every_room(), after)
}

pub(super) fn admitted_within(scope: Scope, after: Seq) -> Admitted {
    let epoch = log().epoch();
    Admitted { scope, epoch, after, wait: Duration::from_secs(1), is_shortened: false }
}

/// A reader of every room until `tea` is hidden from them.
#[derive(Debug, Default)]
pub(super) struct Removable(AtomicBool);

impl Removable {
    /// Hides `tea` from the reader.
    pub(super) fn remove(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Readers for Removable {
    fn may_read(&self, _: Option<&PersonId>, name: &RoomName) -> bool {
        !self.hides_rooms_from(None) || *name != room("tea")
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

pub(super) fn answers(hub: &Arc<HubState>) -> Arc<Answers> {
    Arc::new(Answers::new(log(), hub.clone(), Duration::ZERO))
}

/// A log, needed for its epoch; shared by all runs, because making one takes longer than a run.
fn log() -> Arc<MemoryLog> {
    static LOG: OnceLock<Arc<MemoryLog>> = OnceLock::new();
    LOG.get_or_init(|| Arc::new(MemoryLog::new())).clone()
}

/// Wakes a thread that keeps polls as an event loop does.
struct LoopWaker(loom::sync::Notify);

impl Wake for LoopWaker {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }
}

/// A keeper driven as an event loop drives it.
pub(super) struct EventLoop {
    waker: Arc<LoopWaker>,
    pub(super) held: HeldPolls<()>,
}

impl EventLoop {
    pub(super) fn new(hub: &Arc<HubState>) -> Self {
        let waker = Arc::new(LoopWaker(loom::sync::Notify::new()));
        Self { held: HeldPolls::new(hub.clone(), Waker::from(waker.clone())), waker }
    }

    /// Sleeps until the keeper wakes the loop.
    pub(super) fn sleep(&self) {
        self.waker.0.wait();
    }

    pub(super) fn poll(&mut self, request: PollRequest<'_>) -> Completed<()> {
        self.try_poll(request).unwrap()
    }

    /// Polls; an error if the poll is refused.
    pub(super) fn try_poll(&mut self, request: PollRequest<'_>) -> Result<Completed<()>, PollError> {
        let mut completed = match self.held.begin((), request, now())? {
            Begin::Completed(completed) => Some(completed),
            Begin::Held(_) => None,
        };
        loop {
            if let Some(completed) = completed {
                return Ok(completed);
            }
            self.sleep();
            self.held.deliver_ready(now(), |one| completed = Some(one));
        }
    }
}

pub(super) fn seqs(body: &[u8]) -> Vec<u64> {
    let batch: Batch = serde_json::from_slice(body).unwrap();
    batch.entries.iter().map(|entry| entry.seq.0).collect()
}

/// Polls, as an event loop does, until `until` is reached; returns the positions seen, in order.
pub(super) fn follow(hub: &Arc<HubState>, rooms: &RoomSelection, mut after: Seq, until: Seq) -> Vec<u64> {
    let (mut event_loop, answers) = (EventLoop::new(hub), answers(hub));
    let mut seen = Vec::new();
    while after < until {
        let completed = event_loop.poll(PollRequest { rooms, admitted: admitted(after), presence: None });
        let upto = if completed.needs_log() {
            // A read of the log would return every entry up to the head.
            let evicted = hub.head().0;
            seen.extend(after.0 + 1..=evicted);
            Seq(evicted)
        } else {
            let upto = completed.found.upto();
            seen.extend(seqs(&answers.answer(completed).1.unwrap().body));
            upto
        };
        assert!(upto > after || hub.is_closing(), "woken for nothing");
        after = upto;
    }
    seen
}

/// Polls as a task does, with a thread that drives the hub's own keeper.
pub(super) fn follow_as_task(
    hub: &Arc<HubState>,
    rooms: &RoomSelection,
    mut after: Seq,
    until: Seq,
) -> Vec<u64> {
    let tasks = TaskPolls::new(hub.clone(), answers(hub));
    let driver = tasks.drive();
    let driver = spawn(move || block_on(driver));
    let mut seen = Vec::new();
    while after < until {
        let request = PollRequest { rooms, admitted: admitted(after), presence: None };
        let Ok(Reply::Ready(Ok(answer))) = block_on(tasks.reply(request)) else {
            panic!("all of it is cached")
        };
        seen.extend(seqs(&answer.body));
        after = answer.cursor.seq;
    }
    drop(tasks);
    driver.join().unwrap();
    seen
}
