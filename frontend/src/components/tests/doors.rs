//! The page in front of a shut door, that of a link, and those in place of a room.

use super::*;

fn gate(door: Door, gate: ShutOut, problem: Option<&str>) -> String {
    let settings = Settings { problem: problem.map(str::to_owned), ..Settings::default() };
    draw::<Gate>(gate::Props { door: Some(door), gate, settings })
}

#[test]
fn shut_door_says_what_leads_in() {
    let password = gate(Door::Password, ShutOut::default(), Some("this does not let you in"));
    let field = r#"aria-invalid="true" aria-describedby="field-password-under" required"#;
    check(
        &password,
        &["Password of this server", field, ">This does not let you in.<", "other-way"],
        &["passphrase"],
    );
    let invite = gate(Door::Invite, ShutOut::default(), None);
    check(
        &invite,
        &["those who were invited", "Your passphrase", r#"autocomplete="username""#],
        &["other-way"],
    );
    let proxy = gate(Door::Proxy, ShutOut::default(), None);
    check(&proxy, &["through the proxy", "Reload"], &["<form"]);
}

#[test]
fn who_is_shut_out_is_told_why() {
    let ended = ShutOut { why: Some("your session has ended".to_owned()), is_banned: false };
    check(&gate(Door::Invite, ended, None), &[">Your session has ended.<", "<form"], &["ask an admin"]);
    let banned = ShutOut { why: Some("you were banned from this server".to_owned()), is_banned: true };
    check(
        &gate(Door::Open, banned, None),
        &[
            "You cannot come in",
            ">You were banned from this server.<",
            "ask an admin of this server",
            "Try again",
        ],
        &["<form", "Come in"],
    );
}

#[test]
fn link_asks_for_a_name_and_takes_a_passphrase() {
    let settings = Settings { problem: Some("this link does not work".to_owned()), ..Settings::default() };
    let drawn = page_of_link(&Link::Untold, &settings);
    check(&drawn, &["This link lets you in", r#"name="name""#, r#"autocomplete="new-password""#], &["abc"]);
    check(&drawn, &[">This link does not work.<", r#"role="status""#], &[]);
}

fn page_of_link(link: &Link, settings: &Settings) -> String {
    page_of_link_for(Some(&person("ada")), link, settings)
}

fn page_of_link_for(me: Option<&holdline_shared::Person>, link: &Link, settings: &Settings) -> String {
    let locale = crate::state::utc();
    draw_html(join_page(&JoinOf { code: "abc", link, me, settings, locale }, &Callback::noop()))
}

#[test]
fn link_to_a_room_tells_whoever_is_outside_that_it_may_not_let_them_in() {
    let first = "only for people who are on this server already";
    for (room, me, is_told) in
        [(r#""Plans""#, None, true), (r#""Plans""#, Some(person("ada")), false), ("null", None, false)]
    {
        let told = format!(r#"{{"gives":"member","room":{room},"server":"Six friends","expires":0}}"#);
        let link = Link::Works(serde_json::from_str(&told).unwrap());
        let page = page_of_link_for(me.as_ref(), &link, &Settings::default());
        assert_eq!(page.contains(first), is_told, "{page}");
    }
}

#[test]
fn link_says_what_it_gives_before_it_is_used() {
    let gives = |kind: &str| {
        let told = format!(r#"{{"gives":"{kind}","room":"Plans","server":"Six friends","expires":0}}"#);
        page_of_link(&Link::Works(serde_json::from_str(&told).unwrap()), &Settings::default())
    };
    let (name, passphrase) = (r#"name="name""#, r#"name="passphrase""#);
    check(&gives("guest"), &["invited to Six friends", "as a guest", "“Plans”", name], &[passphrase]);
    check(&gives("member"), &["member of Six friends", "yours alone", "works until", name, passphrase], &[]);
    check(&gives("admin"), &["admin of Six friends", name, passphrase], &[]);
    check(&gives("device"), &["on this device", ">Sign in<"], &[name, passphrase]);
    check(&page_of_link(&Link::Asked, &Settings::default()), &["One moment"], &["<form"]);
    let refused = page_of_link(&Link::Refused, &Settings::default());
    check(
        &refused,
        &["This link does not work", "typed wrong", "for a new one."],
        &["<form", "does not let you in"],
    );
}

#[test]
fn newcomer_learns_that_a_name_can_be_made_up() {
    let told = r#"{"gives":"member","room":null,"server":"Six friends","expires":0}"#;
    let works = Link::Works(serde_json::from_str(told).unwrap());
    let made_up = "Left empty, one will be made up for you";
    for link in [&works, &Link::Untold] {
        check(&page_of_link_for(None, link, &Settings::default()), &[made_up], &["From now on"]);
        check(&page_of_link(link, &Settings::default()), &[], &[made_up]);
    }
    check(&gate(Door::Password, ShutOut::default(), None), &[made_up], &[]);
}

#[test]
fn missing_room_is_told_and_can_be_made() {
    let drawn =
        draw_html(missing_room(&"loby".parse().unwrap(), crate::words::NO_ROOM_WHY, &Callback::noop()));
    check(
        &drawn,
        &["There is no room “loby”", "mistyped", ">Make the room</button>", r#"href="./""#],
        &["<form"],
    );
    let refused = draw_html(wrong_page("tea cannot be opened", "It is full.", &Callback::noop()));
    check(&refused, &["tea cannot be opened", ">It is full.<", r#"href="./""#], &["<button"]);
}
