//! The place in a room to which the reader is taken.

use super::*;

fn quote_of(state: State, seq: u64, from: u64) -> State {
    state.after(Action::FollowedQuote { room: lobby(), seq: Seq(seq), from: Some(Seq(from)) })
}

#[test]
fn reader_goes_back_from_quote_to_quote() {
    let goal = |state: &State| state.ui.of(&lobby()).goal;
    let at_goal = Action::Aimed(lobby(), None);
    let state = quote_of(quote_of(in_lobby(), 2, 9).after(at_goal.clone()), 1, 2);
    assert_eq!(goal(&state), Some(Goal::Message(Seq(1))));
    let state = state.after(Action::WentBack(lobby()));
    assert_eq!(goal(&state), Some(Goal::Message(Seq(2))));
    let state = state.after(at_goal).after(Action::WentBack(lobby()));
    assert_eq!(goal(&state), Some(Goal::Message(Seq(9))));
    let state = quote_of(state, 2, 9).after(Action::AtEnd(lobby(), true));
    assert!(state.ui.of(&lobby()).ways_back.is_empty(), "whoever is at the end has come back");
}

#[test]
fn quote_of_a_message_that_is_not_there_leads_to_the_one_before() {
    let goal = |state: &State| state.ui.of(&lobby()).goal;
    let state = State::default()
        .after(went("lobby"))
        .after(Action::Joined(lobby(), page("bob", &[50, 51], 51, true)));
    let state = quote_of(state, 20, 51);
    let came = |seqs: &[u64], more| Action::Jumped(lobby(), Seq(21), page("bob", seqs, 51, more));
    let found = state.clone().after(came(&[19, 20], true));
    assert_eq!(goal(&found), Some(Goal::Message(Seq(20))));
    assert_eq!(goal(&state.clone().after(came(&[18, 19], true))), Some(Goal::Message(Seq(19))));
    let state = state.after(came(&[], false));
    assert_eq!(goal(&state), None, "or nowhere: the page must not ask for it for ever");
}

#[test]
fn reader_comes_back_to_the_place_that_they_left() {
    let place = Place { seq: Seq(1), offset: -4.0 };
    let state =
        in_lobby().after(Action::LeftAt(lobby(), Some(place))).after(went("tea")).after(went("lobby"));
    assert_eq!(state.ui.of(&lobby()).goal, Some(Goal::Place(place)));
    let state = state.after(Action::Went(Page::Room(lobby(), Some(Seq(2)))));
    assert_eq!(state.ui.of(&lobby()).goal, Some(Goal::Message(Seq(2))));
}

#[test]
fn page_has_opened_with_what_the_reader_came_for() {
    let asked = State::default().after(went("lobby"));
    let known = asked.clone().after(Action::SignedIn(person("ada")));
    let read = Action::Joined(lobby(), page("bob", &[1, 2], 2, false));
    assert!(!asked.has_opened(), "neither messages nor a person");
    assert!(!known.has_opened(), "no messages");
    assert!(!asked.clone().after(read.clone()).has_opened(), "nobody to write");
    assert!(known.clone().after(read).has_opened());
    assert!(known.after(Action::Refused(lobby(), "It is full.".to_owned())).has_opened(), "a refusal");
    assert!(asked.after(Action::ShutOut(Gate::default())).has_opened(), "a shut door");
    assert!(State::default().has_opened(), "an address that is no page");
}

#[test]
fn address_of_no_message_says_so() {
    let notice = |seq| {
        let state = State::default().after(Action::Went(Page::Room(lobby(), Some(Seq(seq)))));
        state.after(Action::Joined(lobby(), page("bob", &[1, 2], 5, false))).ui.notice
    };
    assert_eq!(notice(2), None);
    assert!([3, 99].into_iter().all(|seq| matches!(notice(seq), Some(Notice::News(_)))));
}
