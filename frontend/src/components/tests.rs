//! Components, drawn to text on the host: what is said to people in each state, and that nothing of what they say is
//! ever markup.

#![cfg(not(target_arch = "wasm32"))]

mod access;
mod doors;
mod rooms;

use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{
    Batch, Door, Emoji, EntryKind, Here, MemberChange, Message, Person, PersonKind, Profile, PublishRequest,
    Reaction, Role, RoomName, RoomPolicy, RoomStanding, Seq, SessionSummary, Status, Timestamp, Visibility,
};
use yew::prelude::*;

use super::*;
use crate::state::Gate as ShutOut;
use crate::state::samples::{account, entry, key, line, page, person};
use crate::state::{
    Action, Ban, Line, Link, ListedRoom, Listing, Mark, Membership, Notice, Outbox, Page, Panel, Powers,
    Profiles, Progress, Secret, Settings, State, Token, Writing,
};

fn draw<C: BaseComponent>(props: C::Properties) -> String {
    let renderer = yew::LocalServerRenderer::<C>::with_props(props).hydratable(false);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, renderer.render())
}

#[derive(Properties, PartialEq)]
struct DrawnProps {
    html: Html,
}

#[component]
fn Drawn(props: &DrawnProps) -> Html {
    props.html.clone()
}

fn draw_html(html: Html) -> String {
    draw::<Drawn>(DrawnProps { html })
}

fn check(drawn: &str, holds: &[&str], lacks: &[&str]) {
    for part in holds {
        assert!(drawn.contains(part), "no {part:?} in {drawn}");
    }
    for part in lacks {
        assert!(!drawn.contains(part), "{part:?} in {drawn}");
    }
}

fn row(message: Message, me: &str) -> message_row::Props {
    message_row::Props {
        room: RoomName::lobby(),
        line: Rc::new(Line { message, as_of: Seq(9) }),
        is_first: true,
        quote: None,
        mark: None,
        powers: Powers::default(),
        me: Some(person(me).id),
        edit: None,
        is_deleting: false,
        is_answered: false,
        is_tab_stop: false,
    }
}

fn tools(is_own: bool, on_close: Option<Callback<()>>) -> String {
    let (room, seq, row) = (RoomName::lobby(), Seq(7), NodeRef::default());
    let powers = Powers::default();
    let of = ToolsOf { room, seq, is_own, powers, title: "Ada, 01:01".into(), row, on_close };
    draw_html(message_tools(&of, &Callback::noop()))
}

#[test]
fn a_text_is_never_markup() {
    let said = "<script>alert(1)</script> & \"more\" https://example.org/?a=1&b=<2>";
    let drawn = draw::<MessageRow>(row(line(7, "ada", 60_000, said).message.clone(), "bob"));
    let link = r#"<a href="https://example.org/?a=1&amp;b=" rel="noopener noreferrer" target="_blank" tabindex="-1">"#;
    check(&drawn, &["&lt;script&gt;alert(1)&lt;/script&gt; &amp; ", link, "&lt;2&gt;"], &["<script"]);
}

#[test]
fn message_has_author_and_time_also_for_screen_readers() {
    let message = line(7, "ada", 3_660_000, "hello").message.clone();
    let head =
        ["data-testid=\"message\"", "data-seq=\"7\"", "data-state=\"sent\"", ">Ada</b>", ">01:01</time>"];
    let name = r#"aria-label="Ada, 01:01""#;
    let mine = draw::<MessageRow>(row(message.clone(), "ada"));
    check(&mine, &[&head[..], &["message first own", name]].concat(), &["React"]);
    let grouped = draw::<MessageRow>(message_row::Props { is_first: false, ..row(message, "bob") });
    check(
        &grouped,
        &[name, r#"<span aria-hidden="true" class="aside"><time"#, ">01:01</time>"],
        &["own", ">Ada</b>"],
    );
}

#[test]
fn name_of_an_author_leads_to_them_unless_nobody_is_behind_it() {
    let message = line(7, "ada", 0, "hello").message.clone();
    let button = [r#"data-testid="author" tabindex="-1""#];
    check(&draw::<MessageRow>(row(message.clone(), "bob")), &button, &[]);
    let stop = message_row::Props { is_tab_stop: true, ..row(message.clone(), "bob") };
    check(&draw::<MessageRow>(stop), &[r#"data-testid="author" tabindex="0""#], &[]);
    for name in [Person::ERASED, "holdline"] {
        let id = if name == "holdline" { Person::house().id } else { message.author.id.clone() };
        let author = Person { id, name: name.parse().unwrap() };
        let drawn = draw::<MessageRow>(row(Message { author, ..message.clone() }, "bob"));
        check(&drawn, &[&format!(">{name}</b>")], &button);
    }
}

#[test]
fn tools_are_those_that_the_reader_may_use() {
    let one_stop = [r#"role="menu""#, r#"tabindex="0""#];
    let own = ["React with heart", "Reply", "Edit", "Delete"];
    check(&tools(true, None), &[&one_stop[..], &own].concat(), &["<dialog"]);
    check(&tools(false, None), &["React with heart", "Reply"], &["Edit", "Delete"]);
    assert_eq!(tools(true, None).matches(one_stop[1]).count(), 1, "the arrows go on from there");
    check(&tools(true, Some(Callback::noop())), &[&["<dialog", "sheet"][..], &own].concat(), &[]);
}

#[test]
fn deleting_asks_first_and_says_what_goes() {
    let row =
        message_row::Props { is_deleting: true, ..row(line(7, "ada", 0, "hello").message.clone(), "ada") };
    let drawn = draw::<MessageRow>(row);
    check(&drawn, &["<dialog", "Delete this message?", "confirm-delete", "Keep"], &["React"]);
    assert_eq!(drawn.matches("hello").count(), 2, "in its row and in the question: {drawn}");
}

#[test]
fn edits_reactions_answers_and_deletion_show() {
    let mut message = line(7, "ada", 0, "hello").message.clone();
    message.edited = Some(Timestamp(0));
    let emoji: Emoji = "🎉".parse().unwrap();
    message.reactions =
        vec![Reaction { emoji, count: 2, by: vec![person("bob"), person("eve")], mine: false }];
    let quote = Quote { seq: Seq(3), line: Some(line(3, "bob", 0, "what\nelse?")), from: None };
    let props = message_row::Props { quote: Some(quote), ..row(message.clone(), "bob") };
    let drawn = draw::<MessageRow>(props);
    let chip = r#"aria-pressed="true" aria-label="🎉 2: Bob, Eve""#;
    check(&drawn, &["edited", chip, r#"data-testid="show""#, "what else?"], &[]);
    let edit = message_row::Props { edit: Some("hello you".into()), ..row(message.clone(), "ada") };
    check(&draw::<MessageRow>(edit), &[">hello you</textarea>", "Save", "Cancel"], &["edited"]);
    message.text = None;
    message.reactions.clear();
    check(&draw::<MessageRow>(row(message, "ada")), &["This message was deleted."], &["hello"]);
}

#[test]
fn message_on_its_way_says_so() {
    let mut outbox = Outbox::default();
    let request = PublishRequest { key: key(1), text: "<b>hi</b>".parse().unwrap(), reply_to: None };
    outbox.push(RoomName::lobby(), request, Timestamp(0));
    let row = |outbox: &Outbox, delay: Option<&'static str>, is_next: bool| {
        let sending = Rc::clone(&outbox.items()[0]);
        let (me, mark, delay) = (person("ada"), None, delay.map(AttrValue::Static));
        let (is_first, quote) = (true, None);
        draw::<SendingRow>(sending_row::Props { sending, me, mark, is_first, quote, delay, is_next })
    };
    let drawn = |outbox: &Outbox, delay| row(outbox, delay, true);
    check(
        &drawn(&outbox, None),
        &["data-state=\"pending\"", "on its way", "&lt;b&gt;"],
        &["Try again", "Not sent", "Discard"],
    );
    check(&drawn(&outbox, Some("too busy")), &["Not sent yet: too busy", "Try now", "Edit", "Discard"], &[]);
    check(&row(&outbox, Some("too busy"), false), &["Edit", "Discard"], &["Not sent yet", "Try now"]);
    outbox.advance(key(1), Progress::Failed("the room is <full>".to_owned()));
    let failed =
        ["data-state=\"failed\"", "Not sent: the room is &lt;full&gt;", "Try again", "Edit", "Discard"];
    check(&drawn(&outbox, Some("too busy")), &failed, &["on its way", "Try now"]);
    outbox.advance(key(1), Progress::Sent(Seq(4)));
    check(&drawn(&outbox, None), &["data-state=\"sent\""], &["on its way", "Try again"]);
}

#[test]
fn code_is_shown_in_its_own_letters() {
    let drawn = draw::<MessageRow>(row(line(7, "ada", 0, "run `cargo <test>`").message.clone(), "bob"));
    check(&drawn, &[r#"<code translate="no">cargo &lt;test&gt;</code>"#], &["`"]);
}

#[test]
fn status_is_what_is_true() {
    let (at, why) = (Duration::from_secs(9), || "the line <is> cut".to_owned());
    for (status, word, said, can_hurry) in [
        (Status::Connecting, "connecting", "Connecting…", false),
        (Status::Live, "live", "Live", false),
        (Status::Reconnecting { at, why: why() }, "reconnecting", "Not connected.", true),
        (Status::Retrying, "retrying", "Not connected.", false),
        (Status::Offline, "offline", "Offline.", true),
        (Status::Refused { at, why: why() }, "refused", "The line &lt;is&gt; cut.", true),
        (Status::Repairing, "repairing", "Catching up…", false),
    ] {
        let waits = matches!(status, Status::Reconnecting { .. } | Status::Refused { .. });
        let drawn = draw_html(status_line(&status, waits.then_some(4), Some("14:03"), &Callback::noop()));
        let spoken = format!(r#"<span role="status"><span>{said}</span></span>"#);
        check(&drawn, &[&format!(r#"data-status="{word}""#), &spoken, "Messages up to 14:03."], &[]);
        assert_eq!(drawn.contains("retry-now"), can_hurry, "{drawn}");
        let countdown = r#"<span aria-hidden="true" translate="no">Next try in 4 s.</span>"#;
        assert_eq!(drawn.contains(countdown), waits, "the seconds are not spoken: {drawn}");
    }
}

fn lobby(seqs: &[u64], more: bool) -> State {
    let lobby = RoomName::lobby;
    State::default()
        .after(Action::SignedIn(person("ada")))
        .after(Action::Went(Page::Room(lobby(), None)))
        .after(Action::Joined(lobby(), page("bob", seqs, 9, more)))
}

fn conversation(state: &State) -> String {
    draw::<Conversation>(conversation::Props {
        room: Rc::clone(state.room().unwrap()),
        ui: state.ui.of(&RoomName::lobby()),
        title: "lobby".into(),
        standing: state.rooms.standing(&RoomName::lobby()),
        profiles: state.people.profiles.clone(),
        sendings: vec![],
        delay: None,
        session: state.session.clone(),
        powers: Powers::default(),
        children: Html::default(),
    })
}

#[test]
fn an_empty_room_invites() {
    let writing = Writing { draft: "half a th".to_owned(), ..Writing::default() };
    let drawn = conversation(&lobby(&[], false).after(Action::Wrote(RoomName::lobby(), writing)));
    check(
        &drawn,
        &["Nothing has been said here yet.", r#"role="log""#, "Messages in lobby"],
        &["load-older"],
    );
    check(&drawn, &[r#"data-testid="composer""#, "Message to lobby", ">half a th</textarea>"], &[]);
}

#[test]
fn a_conversation_has_a_beginning_or_older_messages() {
    check(
        &conversation(&lobby(&[1, 2], false)),
        &["This is the beginning of lobby.", ">m1<", ">m2<"],
        &["load-older"],
    );
    let older = [r#"data-testid="load-older""#, "Load older messages"];
    check(&conversation(&lobby(&[3, 4], true)), &older, &["beginning of"]);
    let gap = lobby(&[3], true).after(Action::Joined(RoomName::lobby(), page("bob", &[8], 9, true)));
    check(&conversation(&gap), &[r#"data-testid="gap""#, "Some messages are missing here."], &[]);
    let opening = State::default().after(Action::Went(Page::Room(RoomName::lobby(), None)));
    check(&conversation(&opening), &["Opening lobby…", r#"aria-live="off""#], &["Nothing has been said"]);
}

#[test]
fn banners_say_what_can_be_done() {
    let banners = |needs_sign_in, is_outdated, notice: Option<Notice>| {
        let mut state = State::default().after(Action::Noticed(notice));
        (state.connection.is_outdated, state.connection.needs_sign_in) = (is_outdated, needs_sign_in);
        draw_html(super::banners(&state, &Callback::noop()))
    };
    check(&banners(false, false, None), &[r#"role="alert""#], &["Reload", "Sign in"]);
    check(&banners(false, true, None), &["Reload"], &["Sign in"]);
    check(&banners(true, true, None), &["Sign in again"], &["Reload"]);
    let problem = banners(false, false, Some(Notice::Problem("that <failed>".to_owned())));
    check(&problem, &["that &lt;failed&gt;", "Close", "banner bad"], &[]);
    let news = banners(false, false, Some(Notice::News("that worked".to_owned())));
    check(
        &news,
        &[r#"<div role="status"><p data-testid="notice" class="banner">"#, "Close"],
        &["banner bad"],
    );
}

#[test]
fn people_are_counted_exactly_and_the_reader_stands_on_top() {
    let here = Here { count: 150, people: vec![person("ada"), person("bob")] };
    let drawn = draw::<People>(people::Props {
        here: Some(here),
        profiles: Profiles::default(),
        me: Some(person("bob").id),
    });
    check(&drawn, &[">150<", ">Ada<", ">you<", ">Bob<", "and 148 more"], &[]);
    assert!(drawn.find(">Bob<") < drawn.find(">Ada<"), "{drawn}");
    assert_eq!(drawn.matches(r#"data-testid="person""#).count(), 2);
}
