//! The pages about doors, rules and roles: who may do what, and how others come to it.

mod changes;
mod people;

use super::*;
use crate::state::{Names, Namesakes};

#[test]
fn composer_says_why_nobody_can_write_here() {
    let composer = |policy: RoomPolicy, muted_until, last_said| {
        draw::<Composer>(composer::Props {
            room: RoomName::lobby(),
            title: "Tea & cake".into(),
            standing: RoomStanding { policy, muted_until, ..RoomStanding::default() },
            session: lobby(&[], false).session,
            last_said,
            ui: Rc::default(),
            reply_to: None,
        })
    };
    let open = composer(RoomPolicy::default(), None, None);
    check(&open, &["Message to Tea &amp; cake", "textarea"], &["barred"]);
    let locked = RoomPolicy { locked: true, ..RoomPolicy::default() };
    check(&composer(locked, None, None), &["barred", "locked for now"], &["textarea"]);
    let members = RoomPolicy { members_only: true, ..RoomPolicy::default() };
    check(&composer(members, None, None), &["only members write here", "Become a member"], &["textarea"]);
    let evening = Timestamp((crate::state::utc().now)().0 + 3 * 3_600_000);
    check(&composer(RoomPolicy::default(), Some(evening), None), &["until 15:30."], &["textarea"]);
}

#[test]
fn who_joined_and_which_rules_hold_stand_between_the_messages() {
    let change = MemberChange {
        person: person("bob"),
        role: Role::Member,
        until: None,
        muted_until: None,
        reason: Some("he asked".parse().unwrap()),
    };
    let mut state = lobby(&[1, 2], false);
    let policy = Some(Box::new(RoomPolicy { archived: true, slow_seconds: 9, ..RoomPolicy::default() }));
    let entries = vec![
        entry(10, "ada", EntryKind::Member(Box::new(change))),
        entry(11, "ada", EntryKind::Room { topic: "<tea>".parse().unwrap(), policy }),
    ];
    let cursor = crate::state::samples::at(11);
    state = state.after(Action::Heard(Batch {
        entries,
        cursor,
        wait: 25,
        presence: None,
        memberships: None,
        unreadable: 0,
    }));
    let drawn = conversation(&state);
    check(
        &drawn,
        &["Ada made Bob a member: he asked", "open to everybody, archived, one message in 9 s."],
        &[],
    );
    assert!(drawn.find(">m2<") < drawn.find("Ada made Bob"), "{drawn}");
}

#[test]
fn guests_and_programs_are_marked() {
    let drawn = |mark| {
        let message = line(7, "ada", 0, "hello").message.clone();
        draw::<MessageRow>(message_row::Props { mark, ..row(message, "bob") })
    };
    check(&drawn(Some(Mark::Guest)), &[">guest<"], &[]);
    check(&drawn(Some(Mark::Bot)), &[">bot<"], &[]);
    check(&drawn(None), &[], &["person-mark"]);
}

#[test]
fn namesakes_have_a_sign_for_eyes_and_ears() {
    let mut names = Names::default();
    for id in ["ada", "ada2"] {
        names.note(&Person { id: id.parse().unwrap(), name: person("ada").name });
    }
    let row = row(line(7, "ada", 3_660_000, "hello").message.clone(), "bob");
    let here = Here { count: 2, people: vec![person("ada"), person("bob")] };
    let drawn = draw_html(html! {
        <ContextProvider<Namesakes> context={names.namesakes}>
            <MessageRow ..row />
            <People {here} me={person("bob").id} />
        </ContextProvider<Namesakes>>
    });
    check(&drawn, &[r#"aria-label="Ada ·ada, 01:01""#], &["·bob"]);
    assert_eq!(drawn.matches(">·ada</span>").count(), 2, "{drawn}");
}

#[test]
fn rooms_show_who_sees_them() {
    let listed = |title: &str, visibility| ListedRoom {
        name: "private-x".parse().unwrap(),
        title: title.to_owned(),
        visibility,
        is_archived: title == "Old",
        unread: 0,
        has_news: false,
        has_draft: false,
        has_failed: false,
        is_visited: true,
        is_current: false,
    };
    let rooms = vec![listed("Plans", Visibility::Private), listed("Bob", Visibility::Direct)];
    let drawn = draw::<RoomList>(room_list::Props { rooms });
    check(&drawn, &[">private<", ">direct messages<", ">Plans<", ">Bob<"], &["Forget", "archived"]);
    let drawn = draw::<RoomList>(room_list::Props { rooms: vec![listed("Old", Visibility::Public)] });
    check(&drawn, &["archived", "Forget Old on this device"], &[">private<"]);
}

/// A page of a dialog, for a guest in the lobby or for a member who is an admin.
fn drawn_panel(page: &Panel, is_admin: bool, listing: Option<Listing>) -> String {
    let mut state = lobby(&[1], false);
    if is_admin {
        state = state.after(Action::AccountCame(account(true)));
    }
    if let Some(listing) = listing {
        state = state.after(Action::ListingCame(listing));
    }
    draw_panel(state, page)
}

fn draw_panel(state: State, panel: &Panel) -> String {
    draw::<PanelDialog>(PanelDialogProps { state: Rc::new(state), panel: panel.clone() })
}

#[test]
fn guest_sees_what_they_could_do_and_how() {
    let own = drawn_panel(&Panel::Profile, false, None);
    check(
        &own,
        &["You are a guest", "Become a member", r#"data-testid="nickname-input""#],
        &["Devices", "About you"],
    );
    let passphrase = drawn_panel(&Panel::Passphrase, false, None);
    check(
        &passphrase,
        &["your name is yours alone", r#"autocomplete="new-password""#],
        &["Present passphrase"],
    );
    let new_room = drawn_panel(&Panel::NewRoom, false, None);
    check(&new_room, &["Private ones are for members", r#"name="title""#], &[r#"name="visibility""#]);
    let person = drawn_panel(&Panel::Person(person("bob")), false, None);
    check(&person, &["Write to them directly"], &["In lobby", "Ban"]);
}

#[test]
fn member_sees_devices_and_admin_what_belongs_to_the_server() {
    let own = drawn_panel(&Panel::Profile, true, None);
    check(&own, &["Devices", "Leave", "About you", "Your time zone"], &["You are a guest"]);
    let passphrase = drawn_panel(&Panel::Passphrase, true, None);
    check(&passphrase, &["Present passphrase", r#"autocomplete="username""#], &[]);
    let person = drawn_panel(&Panel::Person(person("bob")), true, None);
    check(&person, &["In lobby", "Ban", "Everybody in the room will see it."], &[]);
    let rules = drawn_panel(&Panel::Rules, true, None);
    check(&rules, &["Who sees it", "Seconds between messages", "Archived: kept for reading"], &[]);
    check(&drawn_panel(&Panel::Door, true, None), &["Whoever was sent a link", "Invites", "Changes"], &[]);
    check(&drawn_panel(&Panel::EndRoom, true, None), &[], &["Delete the room"]);
}

#[test]
fn lists_show_what_can_be_done_about_each_row() {
    let session = |id: &str, current| SessionSummary {
        id: id.to_owned(),
        device: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/146.0".parse().unwrap(),
        begun: Timestamp(0),
        used: (crate::state::utc().now)(),
        current,
    };
    let devices = Listing::Sessions(vec![session("a", true), session("b", false)]);
    let drawn = drawn_panel(&Panel::Devices, true, Some(devices));
    check(&drawn, &["Firefox on Linux", "last used: Today", "this device", "Sign out everywhere else"], &[]);
    assert_eq!(drawn.matches(">Sign out<").count(), 1, "not this one: {drawn}");
    check(&drawn, &[r#"aria-label="Sign out: Firefox on Linux, last used: Today""#], &[]);
    let muted_until = Some(Timestamp((crate::state::utc().now)().0 + 1));
    let member = Membership { person: person("bob"), role: Role::Admin, muted_until };
    let drawn = drawn_panel(&Panel::Members, true, Some(Listing::Members(vec![member])));
    check(&drawn, &[">Bob<", "admin, muted until 12:30", "Change"], &[]);
    let ended = Listing::Bans(vec![ban(r#""until":9,"visitor":"192.0.2.1""#)]);
    for bans in [Listing::Bans(vec![]), ended] {
        check(&drawn_panel(&Panel::Bans, true, Some(bans)), &["Nobody is banned."], &["Loading"]);
    }
    let bans = Listing::Bans(vec![ban(r#""until":null,"visitor":"192.0.2.1""#)]);
    check(&drawn_panel(&Panel::Bans, true, Some(bans)), &[r#"aria-label="Lift: 192.0.2.1""#], &[]);
    check(&drawn_panel(&Panel::Tokens, true, None), &["Loading…"], &[]);
}

fn ban(fields: &str) -> Ban {
    serde_json::from_str(&format!(r#"{{"id":"x","reason":"spam",{fields}}}"#)).unwrap()
}

#[test]
fn report_shows_the_message_and_who_will_read_it() {
    let drawn = drawn_panel(&Panel::Report(Seq(1)), false, None);
    check(&drawn, &["m1", "The admins of this server will read this."], &[]);
}

#[test]
fn secret_is_shown_with_its_picture() {
    let link = Secret::Link("https://chat.example/join/abc".to_owned());
    let settings = Settings { secret: Some(link), ..Settings::default() };
    let state = lobby(&[], false).after(Action::AccountCame(account(true))).after(Action::Answered(settings));
    let drawn = draw_panel(state, &Panel::Invites);
    check(&drawn, &["https://chat.example/join/abc", "shown this once", r#"role="img""#, "h1v1h-1z"], &[]);
}

#[test]
fn secret_is_shown_with_the_command_that_uses_it() {
    let drawn = |page: &Panel, secret: Secret| {
        let settings = Settings { secret: Some(secret), ..Settings::default() };
        let state = lobby(&[], false).after(Action::AccountCame(account(true)));
        draw_panel(state.after(Action::Answered(settings)), page)
    };
    let token = Secret::Token { token: "hlt_a".to_owned(), server: "https://chat.example".to_owned() };
    let command = "holdline tail --server https://chat.example --token hlt_a";
    check(&drawn(&Panel::OwnTokens, token), &[">hlt_a<", command, ">Copy<"], &[r#"role="img""#]);
    let address = Secret::HookAddress("https://chat.example/hooks/k".to_owned());
    check(&drawn(&Panel::Hooks, address), &["curl -d ", "Hello", "https://chat.example/hooks/k"], &[]);
    check(&drawn(&Panel::Hooks, Secret::HookKey("abc".to_owned())), &[">abc<", "come from here"], &["curl"]);
}

#[test]
fn token_is_for_chosen_rooms_and_acts() {
    let token = |id: &str| {
        let json = format!(
            r#"{{"id":"{id}","person":{{"id":"{id}","name":"Name of {id}"}},"rooms":["lobby"],"verbs":["read","react"],"note":"n"}}"#
        );
        serde_json::from_str::<Token>(&json).unwrap()
    };
    let tokens = || Some(Listing::Tokens(vec![token("ada"), token("robo")]));
    let own = drawn_panel(&Panel::OwnTokens, true, tokens());
    check(&own, &["may read, react to messages in lobby", "verb-invite", "Revoke: n"], &["Name of", "bot"]);
    check(&own, &["room-lobby", "None ticked"], &[]);
    assert_eq!(own.matches("data-testid=\"row\"").count(), 1, "those of others are not listed: {own}");
    check(&drawn_panel(&Panel::Tokens, true, tokens()), &["Name of robo: may read", "new bot"], &[]);
    let hidden = Listing::Tokens(vec![Token { rooms: Some(Vec::new()), ..token("ada") }]);
    check(&drawn_panel(&Panel::OwnTokens, true, Some(hidden)), &["in rooms that you may not read"], &[]);
}

#[test]
fn webhooks_are_listed_with_what_they_do() {
    let hook = |json: &str| serde_json::from_str(json).unwrap();
    let hooks = vec![
        hook(r#"{"id":"a","room":"lobby","way":"incoming","name":"<CI>","made_by":{"id":"ada"},"at":7}"#),
        hook(r#"{"id":"b","room":"lobby","way":"outgoing","name":"Mirror","url":"https://x.example/?a&b"}"#),
    ];
    let drawn = drawn_panel(&Panel::Hooks, true, Some(Listing::Hooks(hooks)));
    check(&drawn, &["&lt;CI&gt;", "posts here", "sent to https://x.example/?a&amp;b", "Remove: Mirror"], &[]);
    check(&drawn, &["Make an address", r#"name="url""#], &[]);
    check(&drawn_panel(&Panel::Members, false, None), &[], &["Webhooks"]);
}

#[test]
fn others_messages_can_be_reported_or_deleted_by_admins() {
    let drawn = |is_own, powers| {
        let (room, seq, row) = (RoomName::lobby(), Seq(7), NodeRef::default());
        let of = ToolsOf { room, seq, is_own, powers, title: "Ada, 01:01".into(), row, on_close: None };
        draw_html(message_tools(&of, &Callback::noop()))
    };
    let all = Powers { can_delete: true, can_report: true };
    check(&drawn(false, all), &["Delete", "Report"], &["Edit"]);
    check(&drawn(true, all), &["Delete", "Edit"], &["Report"]);
    check(&drawn(false, Powers::default()), &[], &["Delete", "Report"]);
}

#[test]
fn first_focus_of_the_question_is_not_on_the_button_that_deletes() {
    let drawn = |is_own| {
        let line = line(7, "ada", 0, "hello");
        draw_html(delete_dialog(&RoomName::lobby(), &line, is_own, &Callback::noop()))
    };
    let (keep, reason) = (r#"data-testid="keep" autofocus"#, r#"data-testid="delete-reason" autofocus"#);
    check(&drawn(true), &[keep], &[reason, "confirm-delete\" autofocus"]);
    let told = "The admins of this server will see it, in the list of changes.";
    check(&drawn(false), &[reason, told], &[keep, "confirm-delete\" autofocus"]);
}
