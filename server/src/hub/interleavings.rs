//! The hub under a model checker: loom runs every order in which two or three threads can do their steps
//! (with at most three preemptions, or two for three threads: more would take minutes). `cargo xtask test`
//! runs these tests with the feature `loom`, which gives the hub loom's locks and atomics.
//!
//! Time is not modelled: deadlines never pass, so a lost wake-up is a thread that sleeps for ever, which loom
//! reports as a deadlock. The log is empty; entries arrive as its engine would hand them over.

mod model;

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{RoomSelection, Seq};

use super::collect::{Found, Reuse};
use super::error::PollError;
use super::poll_request::{Begin, PollRequest};
use super::state::HubState;
use super::sync::{Ordering, advance, now};
use crate::log::RoomCut;
use crate::scope::{EVERY_ROOM, Scope};
use model::{
    EventLoop, Removable, admitted, admitted_within, answers, check, check_within, entry, follow,
    follow_as_task, hub, hub_with, named, person, room, seqs, spawn,
};

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
                _ => panic!("nothing is shared, evicted or hidden"),
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
                    event_loop.sleep();
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
fn nothing_after_a_removal_is_answered() {
    for rooms in [named(&["tea"]), named(&["lobby", "tea"]), RoomSelection::All] {
        check_within(2, move || {
            let (hub, rooms, readers) =
                (hub(&["lobby", "tea"]), rooms.clone(), Arc::new(Removable::default()));
            let (poller, scope) = (hub.clone(), Scope::of_reader(readers.clone(), None));
            let asked = rooms.clone();
            let poller = spawn(move || {
                let admitted = admitted_within(scope, Seq(2));
                let request = PollRequest { rooms: &asked, admitted, presence: None };
                let polled = EventLoop::new(&poller).try_poll(request);
                match polled.and_then(|completed| answers(&poller).answer(completed).1) {
                    Ok(answer) => assert!(!seqs(&answer.body).contains(&4), "4 is newer than the removal"),
                    Err(error) => assert!(matches!(error, PollError::UnknownRoom(_)), "{error}"),
                }
            });
            hub.on_commit(&[entry(3, "tea")]);
            readers.remove();
            hub.on_commit(&[entry(4, "tea")]);
            // Somebody who may read the room makes an answer that others could be given.
            assert_eq!(follow(&hub, &rooms, Seq(2), Seq(4)), [3, 4]);
            // Nothing else ends a poll of all rooms that began after the removal.
            hub.close();
            poller.join().unwrap();
        });
    }
}

#[test]
fn removal_ends_a_hold() {
    check(|| {
        let (hub, readers) = (hub(&["tea"]), Arc::new(Removable::default()));
        let mut event_loop = EventLoop::new(&hub);
        let rooms = named(&["tea"]);
        let admitted = admitted_within(Scope::of_reader(readers.clone(), None), Seq(1));
        let begun = event_loop.held.begin((), PollRequest { rooms: &rooms, admitted, presence: None }, now());
        assert!(matches!(begun, Ok(Begin::Held(_))));
        let answers = answers(&hub);
        let poller = spawn(move || {
            let mut ended = None;
            while ended.is_none() {
                event_loop.sleep();
                event_loop.held.deliver_ready(now(), |completed| ended = Some(answers.answer(completed).1));
            }
            assert!(matches!(ended, Some(Err(PollError::UnknownRoom(_)))));
        });
        readers.remove();
        hub.notify_all();
        poller.join().unwrap();
    });
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
            EventLoop::new(&poller).poll(request).view.presence_update().unwrap()
        });
        let bob = enter(&hub, "bob", None);
        let told = poller.join().unwrap();
        assert_eq!(told.tag, bob.update().tag);
        assert_eq!(lobby.presence().count(), 2);
    });
}
