//! `GET /api/v1/poll`: holds and answers.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::{Draft, Retention};
use holdline_shared::{Batch, Problem, ProblemCode, RoomName, Seq};

use crate::both_ways::Pair;
use crate::support::{Jar, Server, texts, until};

#[tokio::test]
async fn poll_is_held_until_a_message() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let bob = server.visitor();
    let held = tokio::spawn(async move { bob.poll(&format!("room=lobby&after={cursor}")).await });
    until("the poll is held", || server.hub.held() == 1).await;
    let said = ada.says("hello").await;
    let reply = held.await.unwrap().expect(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-accel-buffering"), "no");
    assert_eq!(reply.header("content-type"), "application/json");
    let batch: Batch = reply.json();
    assert_eq!(batch.entries, std::slice::from_ref(&said));
    assert_eq!((batch.cursor.epoch, batch.cursor.seq), (cursor.epoch, said.seq));
    assert_eq!(server.hub.held(), 0);
}

#[tokio::test]
async fn poll_without_a_cursor_starts_at_the_head() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.says("before").await;
    let bob = server.visitor();
    let held = tokio::spawn(async move { bob.polls("room=lobby").await });
    until("the poll is held", || server.hub.held() == 1).await;
    ada.says("after").await;
    assert_eq!(texts(&held.await.unwrap().entries), ["after"]);
}

#[tokio::test(start_paused = true)]
async fn empty_answer_has_the_same_shape() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let start = tokio::time::Instant::now();
    let reply = ada.poll(&format!("room=lobby&after={cursor}&wait=25")).await.expect(200);
    assert!(start.elapsed() >= Duration::from_secs(25), "{:?}", start.elapsed());
    assert_eq!(reply.text(), format!(r#"{{"entries":[],"cursor":"{cursor}","wait":25}}"#));
    assert_eq!(reply.header("x-accel-buffering"), "no");
}

#[tokio::test]
async fn poll_with_wait_zero_is_answered_at_once() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let query = format!("room=lobby&after={cursor}&wait=0");
    assert_eq!(ada.polls(&query).await.cursor, cursor);
    ada.says("one").await;
    ada.says("two").await;
    let batch = ada.polls(&query).await;
    assert_eq!(texts(&batch.entries), ["one", "two"]);
    let rest = ada.polls(&format!("room=lobby&after={}&wait=0", batch.cursor)).await;
    assert!(rest.entries.is_empty());
}

#[tokio::test]
async fn poll_gets_only_the_rooms_that_it_names() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    for room in ["tea", "coffee", "cocoa"] {
        ada.makes_room(room).await;
        ada.says_in(room, &format!("hello {room}")).await;
    }
    ada.says("hello lobby").await;
    let heard = |batch: Batch| {
        let order: Vec<_> = batch.entries.iter().map(|entry| entry.seq).collect();
        assert!(order.is_sorted());
        texts(&batch.entries).join(", ")
    };
    let two = ada.polls(&format!("room=cocoa&room=tea&after={cursor}")).await;
    assert_eq!(heard(two), "hello tea, hello cocoa");
    let same = ada.polls(&format!("room=Tea&room=tea&after={cursor}")).await;
    assert_eq!(heard(same), "hello tea");
    let all = ada.polls(&format!("room=*&after={cursor}")).await;
    assert_eq!(heard(all), "hello tea, hello coffee, hello cocoa, hello lobby");
    // Entries of other rooms do not wake the poll, but its cursor passes them.
    let cursor = ada.cursor().await;
    let elsewhere = ada.says_in("coffee", "again").await;
    let batch = ada.polls(&format!("room=tea&after={cursor}&wait=0")).await;
    assert_eq!((batch.entries.len(), batch.cursor.seq), (0, elsewhere.seq));
}

#[tokio::test]
async fn poll_waits_for_several_rooms() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.makes_room("tea").await;
    for rooms in ["room=lobby&room=tea", "room=*"] {
        let bob = server.visitor();
        let held = tokio::spawn(async move { bob.polls(rooms).await });
        until("the poll is held", || server.hub.held() == 1).await;
        ada.says_in("tea", "hello").await;
        assert_eq!(texts(&held.await.unwrap().entries), ["hello"]);
    }
}

#[tokio::test]
async fn poll_from_the_start_gets_everything_in_batches() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    for n in 0..510 {
        let text = format!("m{n}").parse().unwrap();
        server.hub.publish(Draft::say(ada.person().clone(), RoomName::lobby(), text)).await.unwrap();
    }
    let first = ada.polls("room=lobby&after=start&wait=0").await;
    assert_eq!((first.entries.len(), first.entries[0].seq, first.cursor.seq), (500, Seq(1), Seq(500)));
    let second = ada.polls(&format!("room=lobby&after={}&wait=0", first.cursor)).await;
    assert_eq!((second.entries.len(), second.entries[0].seq, second.cursor.seq), (11, Seq(501), Seq(511)));
}

#[tokio::test]
async fn cursors_of_another_log_are_refused() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let epoch = cursor.epoch;
    for strange in ["00000000000000ff-1".to_owned(), format!("{epoch}-99"), format!("{epoch}-{}", u64::MAX)] {
        let reply = ada.poll(&format!("room=lobby&after={strange}")).await;
        assert_eq!(reply.problem(), ProblemCode::EpochChanged, "{strange}");
        let problem: Problem = reply.json();
        assert_eq!(problem.cursor, Some(cursor), "where to go on from");
    }
    assert_eq!(ada.polls(&format!("room=lobby&after={epoch}-0&wait=0")).await.entries.len(), 1);
}

#[tokio::test]
async fn hold_is_limited_by_the_servers_grant() {
    let mut short = HubConfig::default();
    short.wait = Duration::from_millis(10);
    short.max_wait = Duration::from_millis(20);
    let server = Server::with(short, ServeConfig::default()).await;
    let ada = server.visitor();
    for wait in ["&wait=4294967295", ""] {
        assert!(ada.polls(&format!("room=lobby{wait}")).await.entries.is_empty());
    }
}

#[tokio::test]
async fn poll_needs_no_session_and_ignores_cache_busters() {
    let server = Server::start().await;
    let nobody = server.visitor();
    assert!(nobody.polls("room=lobby&wait=0&_=1&random=0.5").await.entries.is_empty());
    assert_eq!(nobody.poll("room=lobby&wait=0&here=lobby").await.problem(), ProblemCode::SessionRequired);
}

#[tokio::test]
async fn expired_entries_are_a_gap() {
    let mut forgetful = HubConfig::default();
    forgetful.recent_bytes = 0;
    let server = Server::sqlite(forgetful).await;
    let ada = server.person("Ada").await;
    let old = ada.cursor().await;
    let mut page = server.connect().await;
    let first = page.get("/subscribe?wait=0&random=1", "").await;
    for n in 0..10 {
        ada.says(&format!("m{n}")).await;
    }
    let keep = Retention { per_room: Some(3), ..Retention::default() };
    while server.hub.log().prune(keep).await.unwrap() {}
    let reply = ada.poll(&format!("room=lobby&after={old}")).await;
    assert_eq!(reply.problem(), ProblemCode::Gap);
    // A repair reads history and continues from its cursor.
    let history = ada.history("lobby").await;
    assert_eq!(reply.json::<Problem>().cursor, Some(history.cursor));
    assert_eq!((history.messages.len(), history.more), (3, false));
    assert!(ada.polls(&format!("room=lobby&after={}&wait=0", history.cursor)).await.entries.is_empty());
    let rest = ada.polls("room=lobby&after=start&wait=0").await;
    assert_eq!(texts(&rest.entries), ["m7", "m8", "m9"]);
    // The tutorial's page cannot repair; it continues with the remaining messages.
    let mut jar = Jar::default();
    jar.take(&first);
    for text in ["m7", "m8", "m9"] {
        let reply = page.get("/subscribe?random=1", &jar.header()).await;
        jar.take(&reply);
        assert_eq!(reply.text(), text);
    }
}

#[tokio::test]
async fn entries_that_were_cached_when_they_expired_are_a_gap() {
    let pair = Pair::start().await;
    let old = pair.cursor(pair.hub.head());
    for text in ["four", "five"] {
        pair.says("lobby", text).await;
    }
    for way in [&pair.loops, &pair.plain] {
        let heard = way.visitor().polls(&format!("room=lobby&after={old}")).await;
        assert_eq!(texts(&heard.entries), ["four", "five"], "{}", way.name);
    }
    while pair.hub.log().prune("1/room".parse().unwrap()).await.unwrap() {}
    for way in [&pair.loops, &pair.plain] {
        for rooms in ["room=lobby", "room=lobby&room=tea", "room=*"] {
            let reply = way.visitor().poll(&format!("{rooms}&after={old}")).await;
            assert_eq!(reply.problem(), ProblemCode::Gap, "{}: {rooms}", way.name);
        }
        let rest = way.visitor().polls("room=lobby&after=start").await;
        assert_eq!(texts(&rest.entries), ["five"], "{}", way.name);
    }
}

#[tokio::test]
async fn poll_as_a_form_takes_room_names_too_long_for_a_url() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let said = ada.says("hello").await;
    let form = "room=lobby&after=start&wait=0&here=lobby";
    let send = |form: String, kind: &'static str| {
        let request = ada.request(reqwest::Method::POST, "/api/v1/poll").header("content-type", kind);
        async { crate::support::Reply::from(request.body(form).send().await.unwrap()).await }
    };
    let kind = "application/x-www-form-urlencoded";
    let batch: holdline_shared::Batch = send(form.to_owned(), kind).await.expect(200).json();
    assert_eq!((batch.entries.last(), batch.presence.is_some()), (Some(&said), true));
    let reply = send(form.to_owned(), "application/x-www-form-urlencoded; charset=UTF-8").await.expect(200);
    assert_eq!(reply.header("x-accel-buffering"), "no");
    for (form, kind, code) in [
        (form, "application/json", ProblemCode::UnsupportedMediaType),
        ("room=lobby&since=1", kind, ProblemCode::InvalidParameter),
        ("", kind, ProblemCode::InvalidParameter),
        ("room=nowhere", kind, ProblemCode::UnknownRoom),
    ] {
        assert_eq!(send(form.to_owned(), kind).await.problem(), code, "{form}");
    }
    let rooms: String = (0..50).map(|n| format!("&here={}{n}", "%E8%8C%B6".repeat(41))).collect();
    assert!(rooms.len() > 16_000);
    send(format!("room=lobby&wait=0{rooms}"), kind).await.expect(200);
}
