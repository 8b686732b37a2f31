//! Scenarios for the whole state: what people do, what the server sends, and the resulting state.

mod access;
mod editing;
mod missing;
mod news;
mod places;

use holdline_shared::{
    Batch, Cursor, Door, DoorStatus, EntryKind, Epoch, Here, MemberChange, MessageText, PublishRequest, Role,
    RoomList, RoomPolicy, RoomStanding, RoomSummary, Seq, Status, Timestamp, Topic, Visibility,
};

use super::samples::{at, entry, key, page, person, said};
use super::*;

fn lobby() -> RoomName {
    RoomName::lobby()
}

fn tea() -> RoomName {
    "tea".parse().unwrap()
}

fn cake() -> RoomName {
    "cake".parse().unwrap()
}

fn went(room: &str) -> Action {
    Action::Went(Page::Room(room.parse().unwrap(), None))
}

fn in_lobby() -> State {
    State::default()
        .after(Action::SignedIn(person("ada")))
        .after(went("lobby"))
        .after(Action::Joining(lobby()))
        .after(Action::Joined(lobby(), page("bob", &[1, 2], 2, false)))
}

fn heard(entries: Vec<holdline_shared::Entry>) -> Action {
    let cursor = at(entries.last().map_or(2, |entry| entry.seq.0));
    Action::Heard(Batch { entries, cursor, wait: 25, presence: None, memberships: None, unreadable: 0 })
}

fn say(n: u64) -> Action {
    let request = PublishRequest { key: key(n), text: "hi".parse().unwrap(), reply_to: None };
    Action::Said { room: lobby(), request, at: Timestamp(n) }
}

fn listed_as(names: &[(&str, u64)], cursor: u64) -> Action {
    let rooms = names
        .iter()
        .map(|(name, head)| RoomSummary {
            name: name.parse().unwrap(),
            topic: Topic::default(),
            head: Seq(*head),
            said: Seq(*head),
            at: Timestamp(0),
            here: 0,
            standing: RoomStanding::default(),
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
    assert_eq!(state.rooms.get(&lobby()).unwrap().lines.len(), 3);
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
    assert_eq!(state.rooms.get(&lobby()).unwrap().gaps.len(), 1);
}

#[test]
fn follows_the_room_on_the_screen_and_visited_rooms_that_exist() {
    let names = |state: &State| state.followed().iter().map(ToString::to_string).collect::<Vec<_>>();
    let visited = ["tea".parse().unwrap(), "gone".parse().unwrap()];
    let state = State::restore(Saved { visited: visited.to_vec(), ..Saved::default() });
    let state = state.after(went("lobby"));
    assert!(names(&state).is_empty(), "nobody knows yet whether they exist");
    let state = state.after(Action::Joining(lobby())).after(listed_as(&[("tea", 1), ("other", 1)], 1));
    assert_eq!(names(&state), ["lobby", "tea"]);
    let state = state.after(Action::Forgot("tea".parse().unwrap()));
    assert_eq!(names(&state), ["lobby"]);
}

#[test]
fn remembers_a_bounded_number_of_rooms() {
    let enter = |state: State, n| {
        let room = format!("r{n}");
        state.after(went(&room)).after(Action::Joined(room.parse().unwrap(), page("bob", &[], 2, false)))
    };
    let state = (0..30).fold(State::default(), enter);
    assert_eq!((state.rooms.visited.len(), state.rooms.known().len()), (VISITED, VISITED));
    assert_eq!(state.rooms.visited[0].as_str(), "r29");
}

#[test]
fn another_log_makes_what_was_seen_worthless() {
    let state = in_lobby().after(listed_as(&[("tea", 9)], 9));
    let other = Cursor { epoch: Epoch(2), seq: Seq(1) };
    let state = state.after(Action::Listed(RoomList { rooms: vec![], cursor: other }));
    assert_eq!(state.rooms.seen.of(&tea()), Seq::START);
}

#[test]
fn after_a_gap_other_rooms_are_joined_anew() {
    let tea: RoomName = "tea".parse().unwrap();
    let state = in_lobby().after(went("tea")).after(Action::Joining(tea.clone()));
    let state =
        state.after(Action::Joined(tea.clone(), page("bob", &[1], 2, false))).after(Action::LostPlace);
    assert_eq!(state.rooms.get(&lobby()).unwrap().phase, Phase::Idle);
    assert_eq!(state.rooms.get(&tea).unwrap().phase, Phase::Ready);
    assert_eq!(state.rooms.get(&lobby()).unwrap().lines.len(), 2, "its screen stays");
}

#[test]
fn a_refused_room_is_tried_again_when_entered_again() {
    let state = in_lobby().after(Action::Refused(lobby(), "full".to_owned()));
    assert!(state.followed().is_empty());
    assert_eq!(state.after(went("lobby")).room().unwrap().phase, Phase::Idle);
}

#[test]
fn status_and_notice_are_taken_over() {
    let state = in_lobby().after(Action::Connected(Status::Live, Timestamp(1)));
    assert_eq!(state.connection.status, Status::Live);
    let state = state.after(Action::Noticed(Some(Notice::Problem("no".to_owned()))));
    assert!(state.ui.notice.is_some());
    assert_eq!(state.after(went("lobby")).ui.notice, None);
}

#[test]
fn entry_of_newer_server_is_passed_over_and_said() {
    let state = State::default().after(Action::Heard(Batch {
        entries: vec![entry(7, "ada", EntryKind::Unknown { kind: "parade".to_owned() })],
        cursor: at(7),
        wait: 25,
        presence: None,
        memberships: None,
        unreadable: 0,
    }));
    assert!(state.connection.is_outdated);
    let unreadable =
        Batch { entries: vec![], cursor: at(7), wait: 25, presence: None, memberships: None, unreadable: 1 };
    assert!(State::default().after(Action::Heard(unreadable)).connection.is_outdated);
    assert!(!State::default().connection.is_outdated);
}

#[test]
fn room_entered_twice_is_still_the_one_being_joined() {
    let state = in_lobby().after(listed_as(&[("lobby", 2), ("tea", 6)], 6));
    let state = state.after(went("tea"));
    assert_eq!(state.rooms.get(&tea()).unwrap().phase, Phase::Joining, "polled from the first moment");
    let mut entry = said(7, "bob", "hi");
    entry.room = tea();
    let state = state.after(Action::Heard(Batch {
        entries: vec![entry],
        cursor: at(7),
        wait: 25,
        presence: None,
        memberships: None,
        unreadable: 0,
    }));
    let state = state.after(went("tea")).after(Action::Joined(tea(), page("bob", &[5, 6], 6, false)));
    let seqs: Vec<_> = state.room().unwrap().lines.newest_first().map(|line| line.message.seq.0).collect();
    assert_eq!(seqs, [7, 6, 5], "nothing falls between the poll and the page");
}

#[test]
fn rooms_of_another_tab_are_adopted_and_the_present_one_stays() {
    let state = in_lobby().after(Action::VisitedElsewhere(vec![tea()]));
    assert_eq!(*state.rooms.visited, [lobby(), tea()]);
    assert_eq!(state.room().unwrap().lines.len(), 2);
}

#[test]
fn unsent_writing_stays_with_its_room() {
    let writing = Writing { draft: "half".to_owned(), reply_to: Some(Seq(1)), edit: None };
    let state = in_lobby().after(Action::Wrote(lobby(), writing.clone()));
    let state = state.after(went("tea")).after(went("lobby"));
    assert_eq!(state.ui.of(&lobby()).writing, writing);
    assert!(listed_rooms(&state.after(went("tea")))[0].has_draft);
}

#[test]
fn reader_is_shown_only_in_rooms_that_the_server_has() {
    let state = in_lobby();
    assert_eq!(state.here(), Some(lobby()));
    let state = state.after(went("tea"));
    assert_eq!(state.here(), None, "nobody knows yet whether it exists");
    assert_eq!(state.after(Action::Refused(tea(), "too long".to_owned())).here(), None);
}
