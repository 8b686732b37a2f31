//! The hub under a model checker: loom runs every order in which two or three threads can do their steps (with at most
//! three interruptions, two where there are three threads, or it would take minutes). `cargo xtask test` runs these tests with
//! the feature `loom`, which gives the hub loom's locks and atomics.
//!
//! Left out is time: it never comes, so that a lost wake-up is a thread that sleeps for ever, which loom reports as a
//! deadlock. The log is empty; entries come as its engine would hand them over.

use std::sync::{Arc, OnceLock};
use std::task::{Wake, Waker};
use std::time::Duration;

use holdline_shared::{
    Batch, Entry, EntryKind, Person, PersonId, RoomName, RoomSelection, Seq, Timestamp, Topic,
};
use loom::future::block_on;
use loom::thread;

use super::answers::Answers;
use super::collect::{Found, Reuse};
use super::held_polls::HeldPolls;
use super::log_reads::Reply;
use super::poll_request::{Admitted, Begin, Completed, PollRequest};
use super::state::HubState;
use super::sync::{Ordering, advance, now};
use super::task_polls::TaskPolls;
use crate::log::{Log as _, MemoryLog, RoomCut, StoredEntry};
use crate::scope::{EVERY_ROOM, Scope};

/// Explores all orders of two threads.
fn check(steps: impl Fn() + Send + Sync + 'static) {
    check_within(3, steps);
}

/// Explores all orders in which threads are interrupted at most this often.
fn check_within(switches: usize, steps: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(switches);
    let steps = Arc::new(steps);
    model.check(move || {
        let steps = steps.clone();
        spawn(move || steps()).join().unwrap();
    });
}

/// Starts a thread of the model. By default their stacks are too small for code that was not optimised.
fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
    const STACK_WORDS: usize = 0x10000;
    thread::Builder::new().stack_size(STACK_WORDS).spawn(work).unwrap()
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn named(rooms: &[&str]) -> RoomSelection {
    RoomSelection::Named(rooms.iter().map(|name| room(name)).collect())
}

fn person(id: &str) -> Person {
    Person { id: PersonId::parse(id).unwrap(), name: id.parse().unwrap() }
}

fn entry(seq: u64, name: &str) -> Arc<StoredEntry> {
    let kind = EntryKind::Room { topic: Topic::default() };
    let entry = Entry { seq: Seq(seq), room: room(name), at: Timestamp(seq), author: Person::house(), kind };
    Arc::new(StoredEntry::encode(entry).unwrap())
}

/// A hub in which these rooms were made by the first entries.
fn hub(rooms: &[&str]) -> Arc<HubState> {
    hub_with(rooms, usize::MAX)
}

fn hub_with(rooms: &[&str], cache_limit: usize) -> Arc<HubState> {
    let hub = HubState::restore(Vec::new(), log().epoch(), Seq::START, Seq::START, cache_limit);
    for (name, seq) in rooms.iter().zip(1..) {
        hub.on_commit(&[entry(seq, name)]);
    }
    Arc::new(hub)
}

fn admitted(after: Seq) -> Admitted {
    let epoch = log().epoch();
    Admitted {
        scope: Scope::of_every_room(),
        epoch,
        after,
        wait: Duration::from_secs(1),
        is_shortened: false,
    }
}

fn answers(hub: &Arc<HubState>) -> Arc<Answers> {
    Arc::new(Answers::new(log(), hub.clone(), Duration::ZERO))
}

/// A log, for its epoch; one for all runs, because making one takes longer than a run.
fn log() -> Arc<MemoryLog> {
    static LOG: OnceLock<Arc<MemoryLog>> = OnceLock::new();
    LOG.get_or_init(|| Arc::new(MemoryLog::new())).clone()
}

/// Wakes a thread that looks after polls as an event loop does.
struct LoopWaker(loom::sync::Notify);

impl Wake for LoopWaker {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }
}

/// Holds polls as an event loop does.
struct EventLoop {
    waker: Arc<LoopWaker>,
    held: HeldPolls<()>,
}

impl EventLoop {
    fn new(hub: &Arc<HubState>) -> Self {
        let waker = Arc::new(LoopWaker(loom::sync::Notify::new()));
        Self { held: HeldPolls::new(hub.clone(), Waker::from(waker.clone())), waker }
    }

    fn poll(&mut self, request: PollRequest<'_>) -> Completed<()> {
        let mut completed = match self.held.begin((), request, now()).unwrap() {
            Begin::Completed(completed) => Some(completed),
            Begin::Held(_) => None,
        };
        loop {
            if let Some(completed) = completed {
                return completed;
            }
            self.waker.0.wait();
            self.held.deliver_ready(now(), |one| completed = Some(one));
        }
    }
}

fn seqs(body: &[u8]) -> Vec<u64> {
    let batch: Batch = serde_json::from_slice(body).unwrap();
    batch.entries.iter().map(|entry| entry.seq.0).collect()
}

/// Polls, as an event loop does, until `until` is reached; answers what was seen, in order.
fn follow(hub: &Arc<HubState>, rooms: &RoomSelection, mut after: Seq, until: Seq) -> Vec<u64> {
    let (mut event_loop, answers) = (EventLoop::new(hub), answers(hub));
    let mut seen = Vec::new();
    while after < until {
        let completed = event_loop.poll(PollRequest { rooms, admitted: admitted(after), presence: None });
        let upto = if completed.needs_log() {
            // The log would be read; here it is known what it has.
            let evicted = hub.head().0;
            seen.extend(after.0 + 1..=evicted);
            Seq(evicted)
        } else {
            let upto = completed.found.upto();
            seen.extend(seqs(&answers.answer(completed).1.body));
            upto
        };
        assert!(upto > after || hub.is_closing(), "woken for nothing");
        after = upto;
    }
    seen
}

/// The same as a task does, with a thread that drives the hub's own keeper.
fn follow_as_task(hub: &Arc<HubState>, rooms: &RoomSelection, mut after: Seq, until: Seq) -> Vec<u64> {
    let tasks = TaskPolls::new(hub.clone(), answers(hub));
    let driver = tasks.drive();
    let driver = spawn(move || block_on(driver));
    let mut seen = Vec::new();
    while after < until {
        let request = PollRequest { rooms, admitted: admitted(after), presence: None };
        let Ok(Reply::Ready(answer)) = block_on(tasks.reply(request)) else { panic!("all of it is cached") };
        seen.extend(seqs(&answer.body));
        after = answer.cursor.seq;
    }
    drop(tasks);
    driver.join().unwrap();
    seen
}

#[test]
fn held_poll_misses_nothing() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &named(&["lobby"]), Seq(1), Seq(3)));
        hub.on_commit(&[entry(2, "lobby")]);
        hub.on_commit(&[entry(3, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
        assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
    });
}

#[test]
fn poll_of_a_task_misses_nothing() {
    check_within(2, || {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || follow_as_task(&poller, &named(&["lobby"]), Seq(1), Seq(2)));
        hub.on_commit(&[entry(2, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2]);
        assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
    });
}

#[test]
fn poll_of_two_rooms_sees_them_in_log_order() {
    check(|| {
        let hub = hub(&["a", "b"]);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &named(&["a", "b"]), Seq(2), Seq(4)));
        hub.on_commit(&[entry(3, "b"), entry(4, "a")]);
        assert_eq!(poller.join().unwrap(), [3, 4]);
    });
}

#[test]
fn poll_of_all_rooms_hears_of_a_new_room() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &RoomSelection::All, Seq(1), Seq(3)));
        hub.on_commit(&[entry(2, "tea")]);
        hub.on_commit(&[entry(3, "tea")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
    });
}

#[test]
fn shared_answer_is_complete_for_everyone() {
    check_within(2, || {
        let hub = hub(&["lobby"]);
        let pollers: Vec<_> = (0..2)
            .map(|_| {
                let hub = hub.clone();
                spawn(move || follow(&hub, &named(&["lobby"]), Seq(1), Seq(2)))
            })
            .collect();
        hub.on_commit(&[entry(2, "lobby")]);
        for poller in pollers {
            assert_eq!(poller.join().unwrap(), [2]);
        }
    });
}

#[test]
fn shared_answer_is_not_given_once_there_is_more() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &named(&["lobby"]), Seq(1), Seq(2)));
        hub.on_commit(&[entry(2, "lobby")]);
        hub.on_commit(&[entry(3, "lobby")]);
        let seen = poller.join().unwrap();
        assert!(seen == [2] || seen == [2, 3], "{seen:?}");
        let feed = hub.rooms.find(&room("lobby")).unwrap().feed().clone();
        match hub.check(&[feed], EVERY_ROOM, Seq(1), Reuse::Answer(None), false) {
            Some(Found::Entries(_, upto) | Found::Shared(_, upto)) => assert_eq!(upto, Seq(3), "stale"),
            _ => panic!("both are cached"),
        }
    });
}

#[test]
fn entries_evicted_meanwhile_are_read_from_the_log() {
    check(|| {
        let hub = hub_with(&["lobby"], 1);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &named(&["lobby"]), Seq(1), Seq(3)));
        hub.on_commit(&[entry(2, "lobby")]);
        hub.on_commit(&[entry(3, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
    });
}

#[test]
fn pruned_entries_are_in_no_answer_made_before() {
    check(|| {
        let hub = hub(&["lobby", "lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || follow(&poller, &named(&["lobby"]), Seq::START, Seq(2)));
        hub.on_pruned(&[RoomCut { room: room("lobby"), upto: Seq(1) }]);
        assert_eq!(poller.join().unwrap(), [1, 2]);
        let feed = hub.rooms.find(&room("lobby")).unwrap().feed().clone();
        let found = hub.check(&[feed], EVERY_ROOM, Seq::START, Reuse::Answer(None), false);
        assert!(matches!(found, Some(Found::NotCached)), "the log knows of the gap");
    });
}

#[test]
fn closing_ends_every_hold() {
    for rooms in [named(&["lobby"]), RoomSelection::All] {
        check(move || {
            let (hub, rooms) = (hub(&["lobby"]), rooms.clone());
            let poller = hub.clone();
            let poller = spawn(move || {
                let request = PollRequest { rooms: &rooms, admitted: admitted(Seq(1)), presence: None };
                let completed = EventLoop::new(&poller).poll(request);
                assert!(matches!(completed.found, Found::Nothing(Seq(1))));
            });
            hub.close();
            poller.join().unwrap();
        });
    }
}

#[test]
fn empty_answer_claims_no_more_than_was_looked_at() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = spawn(move || {
            let rooms = named(&["lobby"]);
            let request = PollRequest { rooms: &rooms, admitted: admitted(Seq(1)), presence: None };
            match EventLoop::new(&poller).poll(request).found {
                Found::Nothing(upto) => assert_eq!(upto, Seq(1), "2 was not seen"),
                Found::Entries(entries, upto) => assert_eq!((entries.len(), upto), (1, Seq(2))),
                Found::Shared(..) | Found::NotCached => panic!("nothing is shared or evicted"),
            }
        });
        hub.on_commit(&[entry(2, "lobby")]);
        hub.close();
        poller.join().unwrap();
    });
}

#[test]
fn poll_of_a_room_that_expires_is_let_go() {
    for rooms in [named(&["a"]), named(&["a", "b"])] {
        check(move || {
            let (hub, rooms) = (hub(&["a", "b"]), rooms.clone());
            let mut event_loop = EventLoop::new(&hub);
            let held = event_loop.held.begin(
                (),
                PollRequest { rooms: &rooms, admitted: admitted(Seq(2)), presence: None },
                now(),
            );
            assert!(matches!(held, Ok(Begin::Held(_))));
            let poller = spawn(move || {
                let mut is_let_go = false;
                while !is_let_go {
                    event_loop.waker.0.wait();
                    event_loop.held.deliver_ready(now(), |one| {
                        is_let_go = matches!(one.found, Found::Nothing(_));
                    });
                }
            });
            hub.on_rooms_expired(&[room("a")], Seq(1));
            poller.join().unwrap();
            assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
            assert!(hub.rooms.find(&room("a")).is_none());
        });
    }
}

#[test]
fn arrival_ends_a_hold() {
    check(|| {
        let hub = hub(&["lobby"]);
        let lobby = hub.rooms.find(&room("lobby")).unwrap();
        let enter = |hub: &HubState, who: &str, known| {
            let lobby = hub.rooms.find(&room("lobby")).unwrap();
            hub.presence.enter(std::iter::once(lobby), &person(who), known)
        };
        let ada = enter(&hub, "ada", None);
        let tag = format!("{:016x}", ada.update().tag);
        let presence = enter(&hub, "ada", Some(&tag));
        // The next change is due.
        advance(Duration::from_secs(10));
        let poller = hub.clone();
        let poller = spawn(move || {
            let rooms = named(&["lobby"]);
            let request = PollRequest { rooms: &rooms, admitted: admitted(Seq(1)), presence: Some(presence) };
            EventLoop::new(&poller).poll(request).presence.unwrap()
        });
        let bob = enter(&hub, "bob", None);
        let told = poller.join().unwrap();
        assert_eq!(told.tag, bob.update().tag);
        assert_eq!(lobby.presence().count(), 2);
    });
}
