//! The pages about people: the members of a room, and what admins do with somebody.

use super::*;

#[test]
fn page_of_a_person_says_whether_they_are_an_admin() {
    for (is_admin, word) in [(true, ">admin<"), (false, ">member<")] {
        let profile = account(is_admin).profile;
        let page = Panel::Person(profile.person.clone());
        let state = lobby(&[1], false).after(Action::ProfilesCame(vec![profile]));
        check(&draw_panel(state, &page), &[word], &[]);
    }
}

#[test]
fn members_are_listed_without_those_who_were_muted_once_and_others_are_added_without_bots() {
    let past = Membership { person: person("eve"), role: Role::None, muted_until: Some(Timestamp(7)) };
    let drawn = drawn_panel(&Panel::Members, true, Some(Listing::Members(vec![past])));
    check(&drawn, &["no list of members"], &["Eve", "no member"]);
    let profile = |id: &str, kind| Profile { person: person(id), kind, ..account(false).profile };
    let people = vec![profile("bob", PersonKind::Member), profile("ci", PersonKind::Bot)];
    let state = lobby(&[1], false).after(Action::AccountCame(account(true)));
    let state = state.after(Action::ProfilesCame(people));
    let drawn = draw_panel(state, &Panel::Members);
    check(&drawn, &["Add somebody", ">Bob<"], &[">Ci<"]);
}

#[test]
fn reader_is_neither_added_nor_changed_nor_is_a_bot_that_is_present() {
    let here = r#"{"entries":[],"cursor":"0000000000000001-9","wait":25,"presence":{"tag":"1","rooms":{"lobby":
        {"count":4,"people":[{"id":"ada","name":"Old name"},{"id":"bob","name":"Older name"},
        {"id":"ci","name":"Ci"},{"id":"eve","name":"Eve"}]}}}}"#;
    let profile = |id: &str, kind| Profile { person: person(id), kind, ..account(false).profile };
    let people = vec![profile("bob", PersonKind::Member), profile("ci", PersonKind::Bot)];
    let state = lobby(&[1], false)
        .after(Action::AccountCame(account(true)))
        .after(Action::ProfilesCame(people))
        .after(Action::Heard(serde_json::from_str(here).unwrap()));
    let drawn = draw_panel(state, &Panel::Members);
    check(&drawn, &[">Bob<", ">Eve<"], &["Old name", "Older name", ">Ci<", ">Ada<"]);
    let member = |id: &str| Membership { person: person(id), role: Role::Admin, muted_until: None };
    let members = Listing::Members(vec![member("ada"), member("bob")]);
    let accounts = Listing::People(vec![account(true).profile, profile("bob", PersonKind::Member)]);
    for (page, listing) in [(Panel::Members, members), (Panel::People, accounts)] {
        let drawn = drawn_panel(&page, true, Some(listing));
        check(&drawn, &[r#"aria-label="Change: Bob""#, ">you<"], &["Change: Ada"]);
    }
}

#[test]
fn namesakes_are_told_apart_in_lists() {
    let other = Person { name: person("bob").name, id: "0123456789".parse().unwrap() };
    let member = |person: Person| Membership { person, role: Role::Member, muted_until: None };
    let ban = |person: Person| {
        let (id, reason) = (person.id.to_string(), String::new());
        Ban { id, person: Some(person), visitor: None, until: None, reason }
    };
    let bans = Listing::Bans(vec![ban(person("bob")), ban(other.clone())]);
    let members = Listing::Members(vec![member(person("bob")), member(other)]);
    for (page, listing, tool) in [(Panel::Members, members, "Change"), (Panel::Bans, bans, "Lift")] {
        let drawn = drawn_panel(&page, true, Some(listing));
        check(&drawn, &[">·6789<", ">·bob<", &format!("{tool}: Bob ·6789")], &[]);
    }
}

#[test]
fn muted_person_can_be_unmuted_first_of_all() {
    let page = Panel::Person(person("bob"));
    let evening = Timestamp((crate::state::utc().now)().0 + 3 * 3_600_000);
    let drawn = |muted_until| {
        let membership = Some(Membership { person: person("bob"), role: Role::Member, muted_until });
        drawn_panel(&page, true, Some(Listing::Standing { membership, bans: Vec::new() }))
    };
    let muted = drawn(Some(evening));
    check(&muted, &["Part in lobby: member, muted until 15:30.", ">In lobby<"], &[]);
    assert!(muted.find("Unmute").unwrap() < muted.find("Mute:").unwrap(), "{muted}");
    check(&drawn(None), &["Mute:"], &["Unmute"]);
}

#[test]
fn nobody_becomes_an_admin_of_the_server_without_a_question() {
    for (is_admin, word) in
        [(false, "Make an admin of this server…"), (true, "Remove as an admin of this server…")]
    {
        let profile = Profile { person: person("bob"), admin: is_admin, ..account(false).profile };
        let page = Panel::Person(profile.person.clone());
        let state = lobby(&[1], false).after(Action::AccountCame(account(true)));
        check(&draw_panel(state.after(Action::ProfilesCame(vec![profile])), &page), &[word], &["Cancel"]);
    }
    let (question, yes) = crate::words::admin_question("Ada", true);
    assert_eq!(question, "As an admin, Ada will be able to change everything on this server.");
    assert_eq!(yes, "Make Ada an admin");
    assert_eq!(crate::words::admin_question("Ada", false).1, "Remove Ada as an admin");
}

#[test]
fn page_of_a_person_says_whether_they_are_muted_or_banned() {
    let page = Panel::Person(person("bob"));
    let evening = Timestamp((crate::state::utc().now)().0 + 3 * 3_600_000);
    let drawn = |muted_until, bans| {
        let membership = Some(Membership { person: person("bob"), role: Role::None, muted_until });
        drawn_panel(&page, true, Some(Listing::Standing { membership, bans }))
    };
    let still = drawn(Some(evening), vec![ban(r#""until":null"#)]);
    check(&still, &["no member, muted until 15:30.", "Banned without an end: spam.", ">Lift<"], &[]);
    let forever = drawn(Some(Timestamp(253_402_300_799_000)), Vec::new());
    check(&forever, &["no member, muted."], &["Banned", ">Lift<"]);
    check(&drawn(Some(Timestamp(7)), vec![ban(r#""until":7"#)]), &["ban-addresses"], &["muted", "Banned"]);
}
