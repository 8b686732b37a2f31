//! One polls, the others hear all of it and nothing twice.

use std::time::Duration;

use holdline_shared::{Batch, Epoch, Seq};

use super::*;
use crate::state::samples::{at, said};

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn tab(id: &str, rooms: &[&str], here: Option<&str>) -> Tab {
    Tab { id: id.to_owned(), rooms: rooms.iter().map(|name| room(name)).collect(), here: here.map(room) }
}

#[test]
fn what_is_said_is_heard() {
    let now = Duration::from_secs(7);
    let read = |text: &str| Said::read(text, now).unwrap_or_else(|| panic!("{text}"));
    for tab in [tab("a", &["lobby", "tea"], Some("tea")), tab("b", &[], None)] {
        assert_eq!(read(&ask(&tab.id, &tab.rooms, tab.here.as_ref())), Said::Ask(tab));
    }
    assert_eq!(read(&word("lead").end()), Said::Lead);
    assert_eq!(read(&word("wake").end()), Said::Wake);
    assert_eq!(read(&word("bye").text("tab", "a").end()), Said::Bye("a".to_owned()));
    let heard =
        Batch { entries: vec![said(3, "ada", "x")], cursor: at(3), wait: 25, presence: None, unreadable: 0 };
    let text = batch(at(2), &[room("lobby")], &serde_json::to_string(&heard).unwrap());
    let answered = Answered { batch: heard, present: None };
    assert_eq!(read(&text), Said::Batch(at(2), vec![room("lobby")], answered));
    assert_eq!(Said::read("{}", now), None);
    assert_eq!(Said::read("", now), None);
}

#[test]
fn a_status_is_told_between_clocks() {
    let status_at = |at: u64| Status::Reconnecting { at: Duration::from_secs(at), why: "no".to_owned() };
    let text = status(&status_at(105), Duration::from_secs(100));
    assert_eq!(Said::read(&text, Duration::from_secs(7)), Some(Said::Status(status_at(12))));
    for simple in [Status::Offline, Status::Repairing, Status::Retrying] {
        let text = status(&simple, Duration::ZERO);
        assert_eq!(Said::read(&text, Duration::ZERO), Some(Said::Status(simple)));
    }
}

#[test]
fn the_union_of_all_tabs_is_polled() {
    let mut tabs = Tabs::default();
    tabs.put(tab("a", &["tea", "lobby"], Some("tea")));
    tabs.put(tab("b", &["zoo"], Some("tea")));
    assert_eq!(tabs.rooms(&[room("lobby")]), [room("lobby"), room("tea"), room("zoo")]);
    assert_eq!(tabs.here(Some(&room("lobby"))), [room("lobby"), room("tea")]);
    tabs.put(tab("a", &["lobby"], None));
    tabs.remove("b");
    assert_eq!(tabs.rooms(&[room("lobby")]), [room("lobby")]);
    assert_eq!(tabs.here(None), []);
    let many: Vec<_> = (0..ROOMS_PER_POLL).map(|n| format!("a{n}")).collect();
    tabs.put(tab("c", &many.iter().map(String::as_str).collect::<Vec<_>>(), None));
    let rooms = tabs.rooms(&[room("zoo")]);
    assert!(rooms.len() == ROOMS_PER_POLL && rooms.contains(&room("zoo")), "no more than a poll takes");
}

#[test]
fn an_answer_that_leaves_nothing_out_is_taken() {
    let mut place = Place::default();
    assert!(place.follows(at(5), at(5), at(7)));
    assert!(place.follows(at(5), at(7), at(9)), "what was empty counts, though the subscription stayed");
    assert!(place.follows(at(5), at(3), at(4)), "from further back is no gap");
    assert!(place.follows(at(5), at(9), at(9)), "and takes nothing back");
    assert!(!place.must_catch_up(at(5)));
}

#[test]
fn who_missed_something_catches_up_once() {
    let mut place = Place::default();
    assert!(!place.follows(at(5), at(6), at(8)));
    assert!(place.must_catch_up(at(5)));
    assert!(!place.must_catch_up(at(5)), "one poll is enough");
    assert!(!place.follows(at(5), at(8), at(9)));
    assert!(!place.must_catch_up(at(9)), "it had been caught up already");
    assert!(place.follows(at(9), at(9), at(10)));
    place.miss(at(12));
    assert!(place.must_catch_up(at(10)));
}

#[test]
fn another_log_is_never_taken() {
    let mut place = Place::default();
    let other = |seq| Cursor { epoch: Epoch(0xBAD), seq: Seq(seq) };
    assert!(!place.follows(at(5), other(2), other(3)));
    assert!(!place.must_catch_up(at(5)), "the subscription finds out by itself");
    assert!(place.follows(other(3), other(3), other(4)));
}
