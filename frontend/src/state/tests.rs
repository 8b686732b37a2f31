//! Stories about the whole state: what people do and what comes from the server, and what the page then knows.

use holdline_shared::{Batch, RoomList, Status, Timestamp, Topic};

use super::samples::{at, entry, key, page, person, said};
use super::*;

fn lobby() -> RoomName {
    RoomName::lobby()
}

fn in_lobby() -> State {
    State::default()
        .after(Action::SignedIn(person("ada")))
        .after(Action::Went(Route::Room(lobby())))
        .after(Action::Joining(lobby()))
        .after(Action::Joined(lobby(), page("bob", &[1, 2], 2, false)))
}

fn heard(entries: Vec<holdline_shared::Entry>) -> Action {
    let cursor = at(entries.last().map_or(2, |entry| entry.seq.0));
    Action::Heard(Batch { entries, cursor, wait: 25, presence: None, unreadable: 0 })
}

fn say(n: u64) -> Action {
    Action::Said { room: lobby(), key: key(n), text: "hi".parse().unwrap(), reply_to: None, at: Timestamp(n) }
}

fn listed_as(names: &[(&str, u64)], cursor: u64) -> Action {
    let rooms = names
        .iter()
        .map(|(name, head)| RoomSummary {
            name: name.parse().unwrap(),
            topic: Topic::default(),
            head: Seq(*head),
            at: Timestamp(0),
            here: 0,
        })
        .collect();
    Action::Listed(RoomList { rooms, cursor: at(cursor) })
}

#[test]
fn a_pending_message_goes_when_its_entry_comes_first() {
    let state = in_lobby().after(say(3)).after(heard(vec![said(3, "ada", "hi")]));
    assert!(state.outbox.items().is_empty());
    let state = state.after(Action::Progressed(key(3), Progress::Sent(Seq(3))));
    assert!(state.outbox.items().is_empty(), "the slower answer changes nothing");
    assert_eq!(state.room_called(&lobby()).unwrap().lines.len(), 3);
}

#[test]
fn a_pending_message_stays_as_sent_until_its_entry_comes() {
    let state = in_lobby().after(say(3)).after(Action::Progressed(key(3), Progress::Sent(Seq(3))));
    assert_eq!(state.outbox.items()[0].progress, Progress::Sent(Seq(3)));
    assert!(state.outbox.next().is_none());
    let state = state.after(heard(vec![said(3, "ada", "hi")]));
    assert!(state.outbox.items().is_empty());
}

#[test]
fn somebody_elses_key_settles_nothing() {
    let state = in_lobby().after(say(3)).after(heard(vec![said(3, "bob", "hi")]));
    assert_eq!(state.outbox.items().len(), 1);
}

#[test]
fn a_refused_message_waits_for_the_reader_and_others_go_on() {
    let refused = Action::Progressed(key(3), Progress::Failed("no".to_owned()));
    let state = in_lobby().after(say(3)).after(say(4)).after(refused);
    assert_eq!(state.outbox.next().unwrap().request.key, key(4));
    let state = state.after(Action::Progressed(key(3), Progress::Pending));
    assert_eq!(state.outbox.next().unwrap().request.key, key(3));
    assert_eq!(state.after(Action::Discarded(key(3))).outbox.items().len(), 1);
}

#[test]
fn what_was_sent_is_gone_after_a_gap_that_swallowed_it() {
    let state = in_lobby().after(say(3)).after(Action::Progressed(key(3), Progress::Sent(Seq(3))));
    let state = state.after(Action::Joined(lobby(), page("bob", &[90, 91], 91, true)));
    assert!(state.outbox.items().is_empty());
    assert_eq!(state.room_called(&lobby()).unwrap().gaps.len(), 1);
}

#[test]
fn follows_the_room_on_the_screen_and_visited_rooms_that_exist() {
    let names = |state: &State| state.followed().iter().map(ToString::to_string).collect::<Vec<_>>();
    let visited = ["tea".parse().unwrap(), "gone".parse().unwrap()];
    let state = State::restore(Saved { visited: visited.to_vec(), ..Saved::default() });
    let state = state.after(Action::Went(Route::Room(lobby())));
    assert!(names(&state).is_empty(), "nobody knows yet whether they exist");
    let state = state.after(Action::Joining(lobby())).after(listed_as(&[("tea", 1), ("other", 1)], 1));
    assert_eq!(names(&state), ["lobby", "tea"]);
    let state = state.after(Action::Forgot("tea".parse().unwrap()));
    assert_eq!(names(&state), ["lobby"]);
}

#[test]
fn remembers_a_bounded_number_of_rooms() {
    let enter = |state: State, n| state.after(Action::Went(Route::Room(format!("r{n}").parse().unwrap())));
    let state = (0..30).fold(State::default(), enter);
    assert_eq!((state.visited.len(), state.rooms.len()), (VISITED, VISITED));
    assert_eq!(state.visited[0].as_str(), "r29");
}

#[test]
fn lists_what_is_new() {
    let state = in_lobby().after(listed_as(&[("lobby", 2), ("tea", 2), ("cake", 2)], 2));
    let news = |state: &State| {
        listed(state).into_iter().map(|l| (l.name.to_string(), l.has_news)).collect::<Vec<_>>()
    };
    let none = [("lobby".to_owned(), false), ("tea".to_owned(), false), ("cake".to_owned(), false)];
    assert_eq!(news(&state), none, "nothing is new on the first visit");
    let state =
        state.after(heard(vec![said(3, "bob", "hi")])).after(listed_as(&[("tea", 4), ("lobby", 3)], 4));
    assert_eq!(news(&state), [("lobby".to_owned(), true), ("tea".to_owned(), true)]);
    assert_eq!(unread(&state), 1);
    let state = state.after(Action::Read(lobby()));
    assert_eq!((unread(&state), state.seen(&lobby())), (0, Seq(3)));
}

#[test]
fn another_log_makes_what_was_seen_worthless() {
    let state = in_lobby().after(listed_as(&[("tea", 9)], 9));
    let other = Cursor { epoch: holdline_shared::Epoch(2), seq: Seq(1) };
    let state = state.after(Action::Listed(RoomList { rooms: vec![], cursor: other }));
    assert_eq!(state.seen(&"tea".parse().unwrap()), Seq::START);
}

#[test]
fn after_a_gap_other_rooms_are_joined_anew() {
    let tea: RoomName = "tea".parse().unwrap();
    let state = in_lobby().after(Action::Went(Route::Room(tea.clone()))).after(Action::Joining(tea.clone()));
    let state = state.after(Action::Joined(tea.clone(), page("bob", &[1], 2, false))).after(Action::Loosened);
    assert_eq!(state.room_called(&lobby()).unwrap().phase, Phase::Idle);
    assert_eq!(state.room_called(&tea).unwrap().phase, Phase::Ready);
    assert_eq!(state.room_called(&lobby()).unwrap().lines.len(), 2, "its screen stays");
}

#[test]
fn a_refused_room_is_tried_again_when_entered_again() {
    let state = in_lobby().after(Action::Refused(lobby(), "full".to_owned()));
    assert!(state.followed().is_empty());
    assert_eq!(state.after(Action::Went(Route::Room(lobby()))).room().unwrap().phase, Phase::Idle);
}

#[test]
fn status_and_notice_are_taken_over() {
    let state = in_lobby().after(Action::Connected(Status::Live, Timestamp(1)));
    assert_eq!(state.connection.status, Status::Live);
    let state = state.after(Action::Noticed(Some("no".to_owned())));
    assert_eq!(state.notice.as_deref(), Some("no"));
    assert_eq!(state.after(Action::Went(Route::Room(lobby()))).notice, None);
}

#[test]
fn entry_of_newer_server_is_passed_over_and_said() {
    let state = State::default().after(Action::Heard(Batch {
        entries: vec![entry(7, "ada", EntryKind::Unknown { kind: "parade".to_owned() })],
        cursor: at(7),
        wait: 25,
        presence: None,
        unreadable: 0,
    }));
    assert!(state.is_outdated);
    let unreadable = Batch { entries: vec![], cursor: at(7), wait: 25, presence: None, unreadable: 1 };
    assert!(State::default().after(Action::Heard(unreadable)).is_outdated);
    assert!(!State::default().is_outdated);
}
