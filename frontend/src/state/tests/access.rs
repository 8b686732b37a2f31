//! Scenarios for doors, rules and roles.

use holdline_shared::{Person, PersonKind, Presence, Profile};

use super::*;

/// A list with a private room of this title, in which the reader has this role.
fn listed_with_private(title: &str, role: Role, cursor: u64) -> Action {
    let Action::Listed(mut list) = listed_as(&[("lobby", 2), ("private-x", 2)], cursor) else {
        panic!("no list")
    };
    let policy = RoomPolicy {
        visibility: Visibility::Private,
        title: title.parse().unwrap(),
        ..RoomPolicy::default()
    };
    list.rooms[1].standing = RoomStanding { policy, role, ..RoomStanding::default() };
    Action::Listed(list)
}

fn plans() -> RoomName {
    "private-x".parse().unwrap()
}

#[test]
fn private_room_of_a_member_is_followed_without_a_visit_under_its_title() {
    let state = in_lobby().after(listed_with_private("Plans", Role::Member, 2));
    assert_eq!(state.followed(), [lobby(), plans()]);
    let room = listed_rooms(&state).pop().unwrap();
    assert_eq!((room.title.as_str(), room.visibility, room.is_visited), ("Plans", Visibility::Private, true));
}

#[test]
fn list_is_out_of_date_once_memberships_have_changed() {
    let listed = |cursor| listed_with_private("Plans", Role::Member, cursor);
    let told = |memberships| {
        let Action::Heard(batch) = heard(Vec::new()) else { panic!("no batch") };
        Action::Heard(Batch { memberships: Some(Seq(memberships)), ..batch })
    };
    let state = in_lobby().after(listed(5));
    assert_eq!(state.clone().after(told(5)).rooms.unlisted_memberships(), None, "the list has it");
    let state = state.after(told(7));
    assert_eq!(state.rooms.unlisted_memberships(), Some(Seq(7)));
    assert_eq!(state.after(listed(9)).rooms.unlisted_memberships(), None);
}

#[test]
fn author_who_is_not_here_and_has_no_account_is_noted() {
    let said = |author: &str| heard(vec![samples::said(9, author, "hi")]);
    let here = Here { count: 2, people: vec![person("ada"), person("bob")] };
    let mut state = in_lobby();
    state.people.update([(lobby(), here)].into(), None);
    assert_eq!(state.clone().after(said("bob")).people.newcomer, None, "a guest who is here");
    assert_eq!(state.after(said("robo")).people.newcomer, Some("robo".parse().unwrap()));
}

#[test]
fn member_who_appears_at_a_closed_door_is_noted() {
    let here = |names: &[&str]| {
        let people: Vec<_> = names.iter().map(|name| person(name)).collect();
        [(lobby(), Here { count: people.len(), people })].into()
    };
    let ada = Profile {
        person: person("ada"),
        kind: PersonKind::Member,
        admin: true,
        about: Topic::default(),
        time_zone: String::new(),
    };
    for (door, noted) in [(Door::Invite, Some("bob".parse().unwrap())), (Door::Open, None)] {
        let mut state = in_lobby();
        state.people.update(here(&["ada", "bob"]), Some(door));
        assert_eq!(state.people.newcomer, None, "the list is being asked for, as always at the start");
        state.people.update(here(&["ada"]), Some(door));
        let mut state = state.after(Action::ProfilesCame(vec![ada.clone()]));
        state.people.update(here(&["ada", "bob"]), Some(door));
        assert_eq!(state.people.newcomer, noted, "{door:?}");
        state.people.newcomer = None;
        state.people.update(here(&["ada", "bob"]), Some(door));
        assert_eq!(state.people.newcomer, None, "bob was here before");
    }
}

#[test]
fn room_that_may_not_be_read_any_more_disappears_with_a_sentence() {
    let state = in_lobby().after(listed_with_private("Plans", Role::Member, 2));
    let elsewhere = state.clone().after(listed_as(&[("lobby", 2)], 3));
    assert!(matches!(&elsewhere.ui.notice, Some(Notice::News(news)) if news.contains("Plans")));
    assert_eq!(elsewhere.followed(), [lobby()]);
    let inside = state.after(went("private-x")).after(Action::Joined(plans(), page("bob", &[2], 2, false)));
    let inside = inside.after(listed_as(&[("lobby", 2)], 3));
    assert!(matches!(inside.room().unwrap().phase, Phase::Refused(_)), "the page says so");
    assert_eq!(inside.title_of(&plans()), "A private room", "its random name says nothing to anybody");
    assert!(listed_rooms(&inside).iter().all(|room| room.name != plans()));
    assert_eq!((inside.ui.notice.as_ref(), inside.here()), (None, None));
    let again = inside.after(listed_with_private("Plans", Role::Member, 4));
    assert_eq!(
        again.room().unwrap().phase,
        Phase::Idle,
        "the room is joined once the reader is let in again"
    );
}

#[test]
fn public_room_that_is_gone_leaves_the_list_unless_something_is_written_there() {
    let state = in_lobby().after(listed_as(&[("lobby", 2), ("tea", 2)], 2)).after(went("tea"));
    let (state, gone) = (state.after(went("lobby")), listed_as(&[("lobby", 2)], 3));
    let without = state.clone().after(gone.clone());
    assert!(without.rooms.get(&tea()).is_none() && without.ui.notice.is_none());
    let older = state.clone().after(listed_as(&[("lobby", 1)], 1));
    assert!(older.rooms.get(&tea()).is_some(), "the list is older than the room");
    let writing = Writing { draft: "half".to_owned(), ..Writing::default() };
    let with_draft = state.after(Action::Wrote(tea(), writing)).after(gone);
    assert!(with_draft.rooms.get(&tea()).is_some());
}

#[test]
fn direct_room_is_called_by_its_people() {
    let Action::Listed(mut list) = listed_as(&[("direct-x", 2)], 2) else { panic!("no list") };
    list.rooms[0].standing.policy.visibility = Visibility::Direct;
    let name: RoomName = "direct-x".parse().unwrap();
    let state = in_lobby().after(Action::Listed(list));
    assert_eq!(state.rooms.without_people().collect::<Vec<_>>(), [&name]);
    assert_eq!(state.title_of(&name), "Direct messages");
    let state =
        state.after(Action::RoomPeopleCame(name.clone(), vec![person("ada"), person("bob"), person("eve")]));
    assert_eq!(state.title_of(&name), "Bob, Eve");
    assert_eq!(state.rooms.without_people().count(), 0);
    let left = state.after(Action::RoomPeopleCame(name.clone(), vec![person("ada")]));
    let left = left.after(went("direct-x")).after(Action::Joined(name.clone(), page("bob", &[2], 2, false)));
    assert_eq!(left.title_of(&name), "Bob", "what he said stays");
}

#[test]
fn rules_and_roles_that_come_with_a_poll_hold_at_once() {
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2));
    let policy = Some(Box::new(RoomPolicy { locked: true, ..RoomPolicy::default() }));
    let locked = entry(3, "bob", EntryKind::Room { topic: Topic::default(), policy });
    let change = MemberChange {
        person: person("ada"),
        role: Role::Admin,
        until: None,
        muted_until: None,
        reason: None,
    };
    let promoted = entry(4, "bob", EntryKind::Member(Box::new(change)));
    let state = state.after(heard(vec![locked]));
    let bar = |state: &State| barrier(&state.rooms.standing(&lobby()), &state.session, Timestamp(0));
    assert_eq!(bar(&state), Some(Barrier::Locked));
    let state = state.after(heard(vec![promoted]));
    assert_eq!(bar(&state), None);
    assert_eq!(state.room().unwrap().notices.between(None, None).len(), 2);
    assert!(!state.room().unwrap().has_news(), "a notice is no news");
}

#[test]
fn shut_door_ends_the_session() {
    let state = in_lobby().after(Action::ShutOut(Gate::default()));
    assert_eq!((state.session.me.as_ref(), state.here()), (None, None));
    let state = state.after(Action::SignedIn(person("ada")));
    assert_eq!(state.session.gate, None);
}

#[test]
fn stranger_waits_for_the_doors_word() {
    let door =
        |door| Action::DoorSeen(DoorStatus { door, person: None, server: String::new(), address: None });
    let stranger = State::default();
    assert!(!stranger.session.may_ask(), "what only those inside may read would be refused");
    assert!(stranger.clone().after(door(Door::Open)).session.may_ask());
    let shut = stranger.after(door(Door::Password));
    assert!(!shut.session.may_ask());
    assert!(shut.after(Action::SignedIn(person("ada"))).session.may_ask());
    let known = State::restore(Saved { is_known: true, ..Saved::default() });
    assert!(known.session.may_ask(), "who was inside before does not wait");
    assert!(!known.after(Action::ShutOut(Gate::default())).session.may_ask());
}

#[test]
fn nothing_is_polled_in_front_of_a_shut_door() {
    let state = in_lobby().after(listed_as(&[("lobby", 2)], 2));
    assert_eq!(state.followed(), [lobby()]);
    let shut = state.after(Action::ShutOut(Gate::default()));
    assert!(shut.followed().is_empty());
    assert_eq!(shut.after(Action::SignedIn(person("ada"))).followed(), [lobby()]);
}

#[test]
fn nothing_is_sent_in_the_name_of_somebody_else() {
    let state = in_lobby().after(say(3));
    let same = state.clone().after(Action::SignedIn(person("ada")));
    assert!(same.outbox.next().is_some() && same.ui.notice.is_none());
    let other = state.after(Action::SignedIn(person("wren")));
    assert_eq!(other.outbox.next(), None);
    let why = "it was written as “Ada”".to_owned();
    assert_eq!(other.outbox.items()[0].progress, Progress::Failed(why));
    assert!(matches!(other.ui.notice, Some(Notice::News(text)) if text.contains("You are “Wren”")));
}

#[test]
fn direct_room_with_a_guest_is_not_headed_by_an_id() {
    let nameless = Person { name: "b0b".parse().unwrap(), id: "b0b".parse().unwrap() };
    let told =
        |state: State| state.after(Action::RoomPeopleCame(plans(), vec![person("ada"), nameless.clone()]));
    let Action::Listed(mut list) = listed_with_private("", Role::Member, 2) else { panic!("no list") };
    list.rooms[1].standing.policy =
        RoomPolicy { visibility: Visibility::Direct, ..list.rooms[1].standing.policy.clone() };
    let state = in_lobby().after(Action::Listed(list));
    assert_eq!(told(state.clone()).title_of(&plans()), "Direct messages");
    let mut met = samples::said(9, "b0b", "hi");
    met.author.name = "Bob".parse().unwrap();
    assert_eq!(told(state.after(heard(vec![met]))).title_of(&plans()), "Bob");
}

#[test]
fn people_of_the_same_name_are_told_apart() {
    let sign = |state: &State| state.people.names.namesakes.sign(&person("bob").id);
    let state = in_lobby();
    assert_eq!(sign(&state), None);
    let mut other = samples::said(9, "bob2", "hi");
    other.author.name = person("bob").name;
    let here = Here { count: 1, people: vec![other.author.clone()] };
    assert_eq!(sign(&state.clone().after(heard(vec![other.clone()]))).as_deref(), Some("·bob"));
    let presence = Presence { tag: "t".to_owned(), rooms: [(lobby(), here)].into() };
    let Action::Heard(batch) = heard(vec![]) else { unreachable!() };
    let named = state.clone().after(Action::Heard(Batch { presence: Some(presence), ..batch }));
    assert_eq!(sign(&named).as_deref(), Some("·bob"));
    let membership = |person: Person| Membership { person, role: Role::Member, muted_until: None };
    let others = Listing::Members([person("bob"), other.author].map(membership).into());
    assert_eq!(sign(&state.after(Action::ListingCame(others))).as_deref(), Some("·bob"));
}
