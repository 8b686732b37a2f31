//! Rooms that do not exist: an address makes none, and the reader gets back those where they were.

use super::*;

/// Ada looks at the address of a room that the list does not have.
fn looking_at_tea() -> State {
    let state = State::default().after(Action::SignedIn(person("ada")));
    state.after(listed_as(&[("lobby", 2)], 2)).after(went("tea"))
}

fn is_listed(state: &State, name: &RoomName) -> bool {
    listed_rooms(state).iter().any(|room| room.name == *name)
}

#[test]
fn looking_at_an_address_neither_makes_nor_visits_a_room() {
    let state = looking_at_tea();
    assert!(state.rooms.lacks(&tea()) && !state.may_make(&tea()));
    let missing = state.after(Action::Missing(tea()));
    assert_eq!(missing.room().unwrap().phase, Phase::Missing);
    assert!(missing.has_opened(), "the page says so");
    assert!(!is_listed(&missing, &tea()) && missing.rooms.visited.is_empty());
    assert_eq!((missing.followed(), missing.here()), (vec![], None));
    let elsewhere = missing.after(went("lobby"));
    assert!(elsewhere.rooms.get(&tea()).is_none(), "nothing is left of it");
    assert_eq!(*elsewhere.rooms.visited, [lobby()]);
    let again = elsewhere.after(went("tea"));
    assert_eq!(again.room().unwrap().phase, Phase::Idle);
    assert!(!again.may_make(&tea()));
}

#[test]
fn room_is_visited_once_it_turns_out_to_exist() {
    let state = State::default().after(went("tea"));
    assert!(state.rooms.visited.is_empty() && !state.rooms.lacks(&tea()), "nobody knows yet");
    let joined = state.clone().after(Action::Joined(tea(), page("bob", &[1], 2, false)));
    assert_eq!(*joined.rooms.visited, [tea()]);
    assert_eq!(*state.clone().after(Action::Joining(tea())).rooms.visited, [tea()]);
    let refused = state.after(Action::Refused(tea(), "no".to_owned()));
    assert!(refused.rooms.visited.is_empty());
}

#[test]
fn room_that_the_reader_asks_for_is_made() {
    let asked = looking_at_tea().after(Action::Missing(tea())).after(Action::RoomWanted(tea()));
    assert_eq!(asked.room().unwrap().phase, Phase::Idle, "it is joined again");
    assert!(asked.may_make(&tea()));
    let from_elsewhere = in_lobby().after(Action::RoomWanted(tea())).after(went("tea"));
    assert!(from_elsewhere.may_make(&tea()));
    let refused = asked.clone().after(Action::Refused(tea(), "too many".to_owned()));
    assert!(!refused.may_make(&tea()), "the reader knows the answer");
    let visited = Vec::clone(&asked.rooms.visited);
    let loaded_anew = State::restore(Saved { visited, ..Saved::default() }).after(went("tea"));
    assert!(loaded_anew.may_make(&tea()), "on the way to an address with a password");
}

#[test]
fn nobody_but_the_server_makes_rooms_of_its_names() {
    let hidden: RoomName = "private-x".parse().unwrap();
    let state = looking_at_tea().after(Action::RoomWanted(hidden.clone())).after(went("private-x"));
    assert!(!state.may_make(&hidden));
    assert!(!state.rooms.lacks(&hidden), "the list may not know it yet");
}

#[test]
fn rooms_where_the_reader_was_are_made_again() {
    let visited = Saved { visited: vec![tea()], ..Saved::default() };
    assert!(State::restore(visited).after(went("tea")).may_make(&tea()));
    let writing = Writing { draft: "half".to_owned(), ..Writing::default() };
    assert!(looking_at_tea().after(Action::Wrote(tea(), writing)).may_make(&tea()));
    let request = PublishRequest { key: key(3), text: "hi".parse().unwrap(), reply_to: None };
    let said = Action::Said { room: tea(), request, at: Timestamp(3) };
    assert!(looking_at_tea().after(said).may_make(&tea()));
    assert!(State::default().after(went("lobby")).may_make(&lobby()), "which is always there");
}

#[test]
fn room_that_was_deleted_is_not_made_again_by_its_visitors() {
    let seen = Seen { of_log: Some(at(2)), rooms: keyed([(tea(), Seq(2))]) };
    let state = State::restore(Saved { visited: vec![tea()], seen, ..Saved::default() }).after(went("tea"));
    let same_log = state.clone().after(listed_as(&[("lobby", 2)], 3));
    assert!(!same_log.may_make(&tea()), "this log had the room");
    let writing = Writing { draft: "half".to_owned(), ..Writing::default() };
    let unsent = same_log.after(Action::Wrote(tea(), writing)).after(Action::Missing(tea()));
    assert!(!unsent.may_make(&tea()) && is_listed(&unsent, &tea()), "what was written is found");
    let refused = unsent.after(Action::RoomWanted(tea())).after(Action::Refused(tea(), "no".to_owned()));
    assert!(is_listed(&refused, &tea()), "also if the room cannot be made again");
    let Action::Listed(mut list) = listed_as(&[("lobby", 2)], 3) else { unreachable!() };
    list.cursor.epoch.0 += 1;
    assert!(state.after(Action::Listed(list)).may_make(&tea()), "another log never had it");
}

#[test]
fn room_of_a_message_is_not_made_again_by_its_address() {
    let visited = Saved { visited: vec![tea()], ..Saved::default() };
    let state = State::restore(visited).after(Action::Went(Page::Room(tea(), Some(Seq(5)))));
    assert!(!state.may_make(&tea()), "it existed, and is gone");
    let missing = state.after(Action::Missing(tea()));
    assert!(missing.rooms.visited.is_empty() && missing.room().is_some());
    assert!(missing.after(Action::RoomWanted(tea())).may_make(&tea()));
}

#[test]
fn missing_room_opens_when_somebody_makes_it() {
    let state = looking_at_tea().after(Action::Missing(tea()));
    let made = state.after(listed_as(&[("lobby", 2), ("tea", 3)], 3));
    assert_eq!(made.room().unwrap().phase, Phase::Idle, "it is joined");
    assert!(is_listed(&made, &tea()) && !made.rooms.lacks(&tea()));
}

#[test]
fn visits_of_another_tab_leave_the_room_that_is_looked_at() {
    let state = looking_at_tea().after(Action::VisitedElsewhere(vec![cake()]));
    assert_eq!(*state.rooms.visited, [cake()]);
    assert!(state.room().is_some() && !state.may_make(&tea()));
}

#[test]
fn answer_for_a_room_that_was_left_changes_nothing() {
    let state = looking_at_tea().after(went("cake")).after(Action::Missing(tea()));
    assert_eq!(state.room().unwrap().name, cake());
    assert!(state.rooms.get(&tea()).is_none());
}
