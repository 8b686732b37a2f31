//! News for the reader: in which room, and from which message on.

use super::*;

fn news(state: &State) -> Vec<(String, bool, usize)> {
    let rooms = listed_rooms(state).into_iter();
    rooms.map(|room| (room.name.to_string(), room.has_news, room.unread)).collect()
}

fn row(name: &str, has_news: bool, unread: usize) -> (String, bool, usize) {
    (name.to_owned(), has_news, unread)
}

#[test]
fn rooms_show_what_is_new() {
    let state = in_lobby().after(listed_as(&[("lobby", 2), ("tea", 2), ("cake", 2)], 2));
    let none = [row("lobby", false, 0), row("tea", false, 0), row("cake", false, 0)];
    assert_eq!(news(&state), none, "nothing is new on the first visit");
    let state =
        state.after(heard(vec![said(3, "bob", "hi")])).after(listed_as(&[("tea", 4), ("lobby", 3)], 4));
    assert_eq!(news(&state), [row("lobby", true, 1), row("tea", true, 0)]);
    assert_eq!(unread(&state), 1);
    let state = state.after(Action::Read(lobby(), Seq(3)));
    assert_eq!((unread(&state), state.rooms.seen.of(&lobby())), (0, Seq(3)));
}

#[test]
fn edit_reaction_and_topic_are_nothing_new() {
    let state = in_lobby().after(listed_as(&[("lobby", 2), ("tea", 2), ("cake", 2)], 2));
    let state = state.after(went("cake")).after(Action::Joined(cake(), page("bob", &[], 2, false)));
    let state = state.after(Action::LostPlace).after(went("lobby"));
    let Action::Listed(mut list) = listed_as(&[("lobby", 2), ("tea", 5), ("cake", 6)], 6) else {
        unreachable!()
    };
    for room in &mut list.rooms {
        room.said = Seq(2);
    }
    let state = state.after(Action::Listed(list));
    assert_eq!(news(&state), [row("lobby", false, 0), row("cake", false, 0), row("tea", false, 0)]);
    let state = state.after(listed_as(&[("lobby", 2), ("tea", 7), ("cake", 2)], 7));
    assert_eq!(news(&state)[2], row("tea", true, 0), "a message is");
    let state = state.after(listed_as(&[("lobby", 2), ("tea", 2), ("cake", 2)], 8));
    assert_eq!(news(&state)[2], row("tea", false, 0), "until it is deleted");
}

#[test]
fn room_that_was_entered_has_no_news_afterwards() {
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2)).after(went("tea"));
    let state = state.after(Action::Joined(tea(), page("bob", &[], 5, false)));
    let state = state.after(listed_as(&[("lobby", 2), ("tea", 5)], 5)).after(went("lobby"));
    assert_eq!(news(&state), [row("lobby", false, 0), row("tea", false, 0)]);
}

#[test]
fn entering_is_not_reading() {
    let saved = Saved {
        visited: vec![lobby(), tea()],
        seen: Seen { of_log: Some(at(1)), rooms: keyed([(tea(), Seq(2)), (lobby(), Seq(2))]) },
        ..Saved::default()
    };
    let state = State::restore(saved).after(Action::SignedIn(person("ada"))).after(went("lobby"));
    let state = state.after(listed_as(&[("lobby", 2), ("tea", 9)], 9)).after(went("tea"));
    assert_eq!(state.rooms.seen.of(&tea()), Seq(2));
    let state = state.after(Action::Joined(tea(), page("bob", &[1, 2, 3, 4], 9, false)));
    assert_eq!(unread(&state), 2);
    let ui = state.ui.of(&tea());
    assert_eq!((ui.new_from, ui.goal), (Some(Seq(3)), Some(Goal::New(Seq(3)))));
}

#[test]
fn what_another_tab_has_read_is_read() {
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2)).after(heard(vec![said(3, "bob", "hi")]));
    assert_eq!(unread(&state), 1);
    let seen = Seen { of_log: Some(at(2)), rooms: keyed([(lobby(), Seq(3))]) };
    let state = state.after(Action::SeenElsewhere(seen));
    assert_eq!((unread(&state), state.rooms.seen.of(&lobby())), (0, Seq(3)));
}

#[test]
fn message_that_comes_while_nobody_looks_is_where_the_reader_goes_on() {
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2)).after(Action::Attended(true));
    let state = state.after(heard(vec![said(3, "bob", "hi")])).after(Action::Read(lobby(), Seq(3)));
    assert_eq!(state.ui.of(&lobby()).new_from, None);
    let state = state.after(Action::Attended(false)).after(heard(vec![said(4, "bob", "hi")]));
    assert_eq!(state.after(heard(vec![said(5, "bob", "hi")])).ui.of(&lobby()).new_from, Some(Seq(4)));
}

#[test]
fn many_messages_at_once_are_announced_by_their_number() {
    let burst = |state: &State| state.ui.of(&lobby()).burst;
    let came = |numbers: std::ops::RangeInclusive<u64>| {
        heard(numbers.map(|n| samples::said(n, "bob", "hi")).collect())
    };
    let state = in_lobby().after(came(10..=14));
    assert_eq!(burst(&state), None, "few are read out");
    let state = state.after(came(20..=118));
    assert_eq!(burst(&state), Some(Burst { newest: Seq(118), count: 99 }));
    assert_eq!(
        burst(&state.after(came(120..=121))),
        Some(Burst { newest: Seq(118), count: 99 }),
        "nothing more"
    );
}
