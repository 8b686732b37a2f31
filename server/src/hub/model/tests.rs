//! What must be so in whatever order the threads do their steps.

use std::sync::Arc;
use std::task::Wake;
use std::time::Duration;

use bytes::Bytes;
use holdline_shared::{Entry, EntryKind, Person, RoomName, RoomSelection, Seq, Timestamp, Topic};
use loom::future::block_on;
use loom::thread;

use super::Hub;
use super::held::{Begun, HeldPolls, Question};
use super::room::Room;
use super::sync::{Instant, Ordering};
use super::wait::{Seen, Wants};
use crate::hub::HubConfig;
use crate::log::Committed;

/// Longer than a clock that stands still will ever show.
const WAIT: Duration = Duration::from_secs(1);

/// Explores all orders of two threads.
fn check(steps: impl Fn() + Send + Sync + 'static) {
    check_within(3, steps);
}

/// Explores all orders in which threads are interrupted at most this often.
fn check_within(switches: usize, steps: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(switches);
    model.check(steps);
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn entry(seq: u64, name: &str) -> Arc<Committed> {
    let kind = EntryKind::Room { topic: Topic::default() };
    let entry = Entry { seq: Seq(seq), room: room(name), at: Timestamp(seq), author: Person::house(), kind };
    Arc::new(Committed::encode(entry).unwrap())
}

/// A hub in which these rooms were made by the first entries.
fn hub(rooms: &[&str]) -> Arc<Hub> {
    hub_with(rooms, HubConfig::default())
}

fn hub_with(rooms: &[&str], config: HubConfig) -> Arc<Hub> {
    let hub = Hub::new(config);
    for (name, seq) in rooms.iter().zip(1..) {
        hub.take(&[entry(seq, name)]);
    }
    Arc::new(hub)
}

fn rooms(hub: &Hub, names: &[&str]) -> Vec<Arc<Room>> {
    names.iter().map(|name| hub.room(&room(name)).unwrap()).collect()
}

/// Polls, as `Hub::poll` does with what a wait has seen, until `until` is reached; answers what was seen, in order.
fn follow(hub: &Hub, watched: &[Arc<Room>], mut after: Seq, until: Seq) -> Vec<u64> {
    let mut seen = Vec::new();
    while after < until {
        let upto = match block_on(hub.wait(watched, after, WAIT, Wants::Answer, None)) {
            Seen::Entries(entries, upto) => {
                let seqs: Vec<_> = entries.iter().map(|entry| entry.seq.0).collect();
                if let [room] = watched {
                    let body = seqs.iter().flat_map(|seq| seq.to_be_bytes()).collect::<Bytes>();
                    room.share_answer(after, upto, &body);
                }
                seen.extend(seqs);
                upto
            }
            Seen::Shared(body, upto) => {
                seen.extend(body.chunks_exact(8).map(|seq| u64::from_be_bytes(seq.try_into().unwrap())));
                upto
            }
            Seen::Nothing(upto) => upto,
            Seen::TooOld => {
                // The log would be read; here it is known what it has.
                let forgotten = hub.head().0;
                seen.extend(after.0 + 1..=forgotten);
                Seq(forgotten)
            }
        };
        assert!(upto > after || hub.is_closing(), "woken for nothing");
        after = upto;
    }
    seen
}

#[test]
fn a_held_poll_misses_nothing() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || follow(&poller, &rooms(&poller, &["lobby"]), Seq(1), Seq(3)));
        hub.take(&[entry(2, "lobby")]);
        hub.take(&[entry(3, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
        assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
    });
}

#[test]
fn a_poll_of_two_rooms_sees_them_in_log_order() {
    check(|| {
        let hub = hub(&["a", "b"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || follow(&poller, &rooms(&poller, &["a", "b"]), Seq(2), Seq(4)));
        hub.take(&[entry(3, "b"), entry(4, "a")]);
        assert_eq!(poller.join().unwrap(), [3, 4]);
    });
}

#[test]
fn a_poll_of_everything_hears_of_a_new_room() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller =
            thread::spawn(move || follow(&poller, std::slice::from_ref(&poller.everything), Seq(1), Seq(3)));
        hub.take(&[entry(2, "tea")]);
        hub.take(&[entry(3, "tea")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
    });
}

#[test]
fn who_shares_an_answer_gets_all_of_it() {
    // Three threads have so many orders that these have to do.
    check_within(2, || {
        let hub = hub(&["lobby"]);
        let pollers: Vec<_> = (0..2)
            .map(|_| {
                let hub = hub.clone();
                thread::spawn(move || follow(&hub, &rooms(&hub, &["lobby"]), Seq(1), Seq(2)))
            })
            .collect();
        hub.take(&[entry(2, "lobby")]);
        for poller in pollers {
            assert_eq!(poller.join().unwrap(), [2]);
        }
    });
}

#[test]
fn a_shared_answer_is_not_given_once_there_is_more() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || follow(&poller, &rooms(&poller, &["lobby"]), Seq(1), Seq(2)));
        hub.take(&[entry(2, "lobby")]);
        hub.take(&[entry(3, "lobby")]);
        let seen = poller.join().unwrap();
        assert!(seen == [2] || seen == [2, 3], "{seen:?}");
        match block_on(hub.wait(&rooms(&hub, &["lobby"]), Seq(1), WAIT, Wants::Answer, None)) {
            Seen::Entries(_, upto) | Seen::Shared(_, upto) => assert_eq!(upto, Seq(3), "stale"),
            Seen::TooOld | Seen::Nothing(_) => panic!("both are at hand"),
        }
    });
}

#[test]
fn what_is_forgotten_meanwhile_is_read_from_the_log() {
    check(|| {
        let hub = hub_with(&["lobby"], HubConfig { recent_bytes: 1, ..HubConfig::default() });
        let poller = hub.clone();
        let poller = thread::spawn(move || follow(&poller, &rooms(&poller, &["lobby"]), Seq(1), Seq(3)));
        hub.take(&[entry(2, "lobby")]);
        hub.take(&[entry(3, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
    });
}

#[test]
fn closing_lets_everyone_go() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || {
            let seen = block_on(poller.wait(&rooms(&poller, &["lobby"]), Seq(1), WAIT, Wants::Entries, None));
            assert!(matches!(seen, Seen::Nothing(Seq(1))));
        });
        hub.close();
        poller.join().unwrap();
    });
}

#[test]
fn who_is_let_go_is_told_of_no_more_than_was_seen() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || {
            match block_on(poller.wait(&rooms(&poller, &["lobby"]), Seq(1), WAIT, Wants::Entries, None)) {
                Seen::Nothing(upto) => assert_eq!(upto, Seq(1), "2 was not seen"),
                Seen::Entries(entries, upto) => assert_eq!((entries.len(), upto), (1, Seq(2))),
                Seen::Shared(..) | Seen::TooOld => panic!("neither was asked for"),
            }
        });
        hub.take(&[entry(2, "lobby")]);
        hub.close();
        poller.join().unwrap();
    });
}

/// Polls as an event loop does, which sleeps until it is rung for.
fn hold(hub: &Arc<Hub>, name: &str, mut after: Seq, until: Seq) -> Vec<u64> {
    let notify = Arc::new(Ring(loom::sync::Notify::new()));
    let mut held = HeldPolls::new(hub.clone(), notify.clone().into());
    let rooms = RoomSelection::Named(vec![room(name)]);
    let mut seen = Vec::new();
    while after < until {
        let question = Question { rooms: &rooms, after, visit: None, may_wait: true };
        let mut ended = match held.begin((), question, Instant::now()) {
            Begun::Ended(ended) => Some(ended),
            Begun::Held(_) => None,
            Begun::UnknownRoom => panic!("it was made before"),
        };
        while ended.is_none() {
            notify.0.wait();
            held.go_through(Instant::now(), |one| ended = Some(one));
        }
        let ended = ended.unwrap();
        if let Seen::Entries(entries, _) = &ended.seen {
            seen.extend(entries.iter().map(|entry| entry.seq.0));
        }
        after = ended.seen.upto();
    }
    seen
}

struct Ring(loom::sync::Notify);

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }
}

#[test]
fn an_event_loop_misses_nothing() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || hold(&poller, "lobby", Seq(1), Seq(3)));
        hub.take(&[entry(2, "lobby")]);
        hub.take(&[entry(3, "lobby")]);
        assert_eq!(poller.join().unwrap(), [2, 3]);
        assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
    });
}

#[test]
fn closing_ends_what_an_event_loop_holds() {
    check(|| {
        let hub = hub(&["lobby"]);
        let poller = hub.clone();
        let poller = thread::spawn(move || {
            let notify = Arc::new(Ring(loom::sync::Notify::new()));
            let mut held = HeldPolls::new(poller, notify.clone().into());
            let question =
                Question { rooms: &RoomSelection::All, after: Seq(1), visit: None, may_wait: true };
            let mut is_held = matches!(held.begin((), question, Instant::now()), Begun::Held(_));
            while is_held {
                notify.0.wait();
                held.go_through(Instant::now(), |ended| {
                    assert!(matches!(ended.seen, Seen::Nothing(Seq(1))));
                    is_held = false;
                });
            }
        });
        hub.close();
        poller.join().unwrap();
    });
}

#[test]
fn a_poll_of_a_room_that_expires_is_let_go() {
    for names in [&["a"][..], &["a", "b"]] {
        check(move || {
            let hub = hub(&["a", "b"]);
            let (poller, watched) = (hub.clone(), rooms(&hub, names));
            let poller = thread::spawn(move || {
                let seen = block_on(poller.wait(&watched, Seq(2), WAIT, Wants::Answer, None));
                matches!(seen, Seen::Nothing(_))
            });
            hub.remove_rooms(&[room("a")], Seq(1));
            assert!(poller.join().unwrap(), "the room has nothing any more");
            assert_eq!(hub.held.load(Ordering::Relaxed), 0, "nothing is left behind");
            assert!(hub.room(&room("a")).is_none());
        });
    }
}
