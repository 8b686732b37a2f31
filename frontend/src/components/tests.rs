//! Components, drawn to text on the host: what is said to people in each state, and that nothing of what they say is
//! ever markup.

#![cfg(not(target_arch = "wasm32"))]

use std::rc::Rc;
use std::time::Duration;

use holdline_shared::{Emoji, Message, Reaction, RoomName, Seq, Status, Timestamp};
use yew::prelude::*;

use super::*;
use crate::state::samples::{key, line, page, person};
use crate::state::{Action, Line, Listed, Outbox, Phase, Progress, Room, Route, State, utc};

#[derive(Properties, PartialEq)]
struct Shown {
    content: Html,
}

#[component]
fn Show(props: &Shown) -> Html {
    props.content.clone()
}

fn draw<C: BaseComponent>(props: C::Properties) -> String {
    let renderer = yew::LocalServerRenderer::<C>::with_props(props).hydratable(false);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, renderer.render())
}

fn show(content: Html) -> String {
    draw::<Show>(Shown { content })
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
        line: Rc::new(Line { message, as_of: Seq(9) }),
        is_first: true,
        quote: None,
        me: Some(person(me).id),
        is_active: true,
        is_asking: false,
        form: None,
        is_tab_stop: false,
        locale: utc(),
    }
}

#[test]
fn a_text_is_never_markup() {
    let said = "<script>alert(1)</script> & \"more\" https://example.org/?a=1&b=<2>";
    let drawn = draw::<MessageRow>(row(line(7, "ada", 60_000, said).message.clone(), "bob"));
    let link = r#"<a href="https://example.org/?a=1&amp;b=" rel="noopener noreferrer" target="_blank">"#;
    check(&drawn, &["&lt;script&gt;alert(1)&lt;/script&gt; &amp; ", link, "&lt;2&gt;"], &["<script"]);
}

#[test]
fn a_message_has_its_author_time_and_tools() {
    let message = line(7, "ada", 3_660_000, "hello").message.clone();
    let head =
        ["data-testid=\"message\"", "data-seq=\"7\"", "data-state=\"sent\"", ">Ada</b>", ">01:01</time>"];
    let mine = draw::<MessageRow>(row(message.clone(), "ada"));
    check(
        &mine,
        &[&head[..], &["message first own", "React with heart", "Reply", "Edit", "Delete"]].concat(),
        &[],
    );
    let theirs = draw::<MessageRow>(row(message.clone(), "bob"));
    check(&theirs, &[&head[..], &["Reply"]].concat(), &["own", "Edit", "Delete"]);
    let calm = draw::<MessageRow>(message_row::Props { is_active: false, ..row(message, "ada") });
    check(&calm, &[], &["React", "Reply"]);
}

#[test]
fn edits_reactions_answers_and_deletion_show() {
    let mut message = line(7, "ada", 0, "hello").message.clone();
    message.edited = Some(Timestamp(0));
    let emoji: Emoji = "🎉".parse().unwrap();
    message.reactions =
        vec![Reaction { emoji, count: 2, by: vec![person("bob"), person("eve")], mine: false }];
    let quote = Quote { seq: Seq(3), line: Some(line(3, "bob", 0, "what\nelse?")) };
    let props = message_row::Props { quote: Some(quote), ..row(message.clone(), "bob") };
    let drawn = draw::<MessageRow>(props);
    let chip = r#"aria-pressed="true" aria-label="🎉 2" data-act="react 🎉""#;
    check(&drawn, &["edited", chip, "data-act=\"show 3\"", "what else?"], &[]);
    message.text = None;
    message.reactions.clear();
    check(&draw::<MessageRow>(row(message, "ada")), &["This message was deleted."], &["hello", "Edit"]);
}

#[test]
fn what_is_on_its_way_says_so() {
    let mut outbox = Outbox::default();
    outbox.say(RoomName::lobby(), key(1), "<b>hi</b>".parse().unwrap(), None, Timestamp(0));
    let drawn = |outbox: &Outbox| show(sending_row(&outbox.items()[0], true, None, &person("ada"), utc()));
    check(&drawn(&outbox), &["data-state=\"pending\"", "on its way", "&lt;b&gt;"], &["Try again"]);
    outbox.advance(key(1), Progress::Failed("the room is <full>".to_owned()));
    let failed =
        ["data-state=\"failed\"", "Not sent: the room is &lt;full&gt;", "Try again", "Edit", "Discard"];
    check(&drawn(&outbox), &failed, &["on its way"]);
    outbox.advance(key(1), Progress::Sent(Seq(4)));
    check(&drawn(&outbox), &["data-state=\"sent\""], &["on its way", "Try again"]);
}

#[test]
fn the_status_is_what_is_true() {
    let (at, why) = (Duration::from_secs(9), || "the line <is> cut".to_owned());
    for (status, word, said, can_hurry) in [
        (Status::Connecting, "connecting", "Connecting…", false),
        (Status::Live, "live", "Live", false),
        (Status::Reconnecting { at, why: why() }, "reconnecting", "Reconnecting", true),
        (Status::Retrying, "retrying", "Trying again…", false),
        (Status::Offline, "offline", "Offline", true),
        (Status::Refused { at, why: why() }, "refused", "Refused: the line &lt;is&gt; cut", true),
        (Status::Repairing, "repairing", "Catching up…", false),
    ] {
        let waits = matches!(status, Status::Reconnecting { .. } | Status::Refused { .. });
        let drawn = show(status_line(&status, waits.then_some(4), Some("14:03")));
        let spoken = format!(r#"<span role="status">{said}</span>"#);
        check(&drawn, &[&format!(r#"data-status="{word}""#), &spoken, "as of 14:03"], &[]);
        assert_eq!(drawn.contains("retry-now"), can_hurry, "{drawn}");
        assert_eq!(
            drawn.contains(r#"<span aria-hidden="true">in 4 s</span>"#),
            waits,
            "the seconds are not spoken"
        );
    }
}

fn lobby(seqs: &[u64], more: bool) -> State {
    let lobby = RoomName::lobby;
    State::default()
        .after(Action::SignedIn(person("ada")))
        .after(Action::Went(Route::Room(lobby())))
        .after(Action::Joined(lobby(), page("bob", seqs, 9, more)))
}

fn conversation(state: &State) -> String {
    draw::<Conversation>(conversation::Props {
        room: Rc::clone(state.room().unwrap()),
        sendings: state.outbox.items().to_vec(),
        me: state.me.clone(),
        draft: "half a th".into(),
        takes_focus: false,
        notice: state.notice.clone().map(AttrValue::from),
        is_outdated: state.is_outdated,
        locale: utc(),
        on_talk: Callback::noop(),
    })
}

#[test]
fn an_empty_room_invites() {
    let drawn = conversation(&lobby(&[], false));
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
    let older = [r#"data-testid="load-older""#, r#"data-act="load-older 3""#];
    check(&conversation(&lobby(&[3, 4], true)), &older, &["beginning of"]);
    let gap = lobby(&[3], true).after(Action::Joined(RoomName::lobby(), page("bob", &[8], 9, true)));
    check(&conversation(&gap), &[r#"data-testid="gap""#, "Some messages are missing here.", "older 8"], &[]);
    let noticed = lobby(&[1], false).after(Action::Noticed(Some("that <failed>".to_owned())));
    check(&conversation(&noticed), &[r#"role="alert""#, "that &lt;failed&gt;"], &[]);
    let mut room = Room::new(RoomName::lobby(), Seq::START);
    room.phase = Phase::Joining;
    let opening = State { rooms: vec![Rc::new(room)], current: Some(RoomName::lobby()), ..State::default() };
    check(&conversation(&opening), &["Opening lobby…"], &["Nothing has been said"]);
}

#[test]
fn rooms_show_what_is_new_and_where_the_reader_is() {
    let listed = |name: &str, unread, has_news, is_current| Listed {
        name: name.parse().unwrap(),
        unread,
        has_news,
        here: 0,
        is_visited: true,
        is_current,
    };
    let rooms =
        [listed("lobby", 0, false, true), listed("tea", 3, true, false), listed("東京", 0, true, false)];
    let drawn = show(room_list(&rooms, utc(), Callback::from(|_| Ok(()))));
    check(
        &drawn,
        &[r#"href="./""#, r#"href="r/tea""#, r#"aria-current="page""#, " unread", "something new"],
        &[],
    );
    check(
        &drawn,
        &[r#"data-act="forget tea""#, r#"data-room="東京""#],
        &[r#"data-act="forget lobby""#, "Other rooms"],
    );
}

#[test]
fn people_are_counted_exactly() {
    let here = holdline_shared::Here { count: 150, people: vec![person("ada"), person("bob")] };
    let drawn = show(people(Some(&here), Some(&person("ada").id)));
    check(&drawn, &[">150<", ">Ada<", ">you<", ">Bob<", "and 148 more"], &[]);
    assert_eq!(drawn.matches(r#"data-testid="person""#).count(), 2);
}
