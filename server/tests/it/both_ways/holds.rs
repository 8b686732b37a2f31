//! Held polls, one in each way of serving, ended by the same cause.

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime};

use holdline_server::hub::HubConfig;
use holdline_server::{Scope, ServeConfig};
use holdline_shared::Batch;
use serde_json::json;

use super::conversation::without_dates_and_ids;
use super::{Pair, Way};
use crate::support::{Connection, until, within};

/// Holds the same poll in both ways, brings about the cause, and returns the answer, which must be equal.
async fn held(pair: &Pair, query: &str, cause: impl Future<Output = ()>) -> String {
    let began = SystemTime::now();
    let mut connections = Vec::new();
    for (number, way) in [&pair.loops, &pair.plain].into_iter().enumerate() {
        let mut connection = Connection::open(way.address).await;
        let credentials = format!("Authorization: Bearer {}\r\n", pair.token);
        connection.send("GET", &format!("/api/v1/poll?{query}"), &credentials, b"").await;
        until("it is held", || pair.hub.held() == number + 1).await;
        connections.push(connection);
    }
    cause.await;
    let mut answers = Vec::new();
    for mut connection in connections {
        // The connection stays open; the next answer ends it.
        connection.write(super::END).await;
        let said = within("the answer", connection.rest()).await;
        assert!(said.ends_with("ok\n"), "{said}");
        answers.push(without_dates_and_ids(said.as_bytes(), began));
    }
    assert_eq!(answers[0], answers[1], "{query}");
    pair.holds_nothing().await;
    answers.swap_remove(0)
}

#[tokio::test]
async fn publish_edit_delete_and_new_room_end_a_hold() {
    let pair = Pair::start().await;
    let mut ada = pair.plain.visitor();
    ada.enters("Ada").await;
    for query in ["room=lobby", "room=*", "room=lobby&room=tea", "room=tea&room=lobby&wait=60"] {
        let after = pair.cursor(pair.hub.head());
        let said = held(&pair, query, async { drop(ada.says("hello").await) }).await;
        assert!(said.contains("hello"), "{said}");
        let said = ada.says("first").await;
        let path = format!("/api/v1/rooms/lobby/messages/{}", said.seq);
        let edit = async { drop(ada.patch(&path, &json!({ "text": "second" })).await.expect(200)) };
        assert!(held(&pair, query, edit).await.contains("second"));
        let delete = async { drop(ada.delete(&path).await) };
        assert!(held(&pair, query, delete).await.contains("\"cursor\""));
        // The next poll finds the entries in between.
        let all = pair
            .compare(query, &super::Conversation::ending([super::poll(&format!("{query}&after={after}"))]))
            .await;
        assert!(all.contains("hello"));
    }
    let said = held(&pair, "room=*", async { drop(ada.makes_room("new").await) }).await;
    assert!(said.contains("\"new\""), "{said}");
}

#[tokio::test]
async fn entries_of_other_rooms_do_not_end_a_hold() {
    let pair = Pair::start().await;
    let said = held(&pair, "room=tea", async {
        pair.says("lobby", "not for you").await;
        pair.says("caf\u{e9}", "nor this").await;
        assert_eq!(pair.hub.held(), 2);
        pair.says("tea", "but this").await;
    });
    let said = said.await;
    assert!(said.contains("but this") && !said.contains("not for you"), "{said}");
}

#[tokio::test]
async fn change_of_presence_ends_a_hold() {
    let mut hub = HubConfig::default();
    hub.grace = Duration::from_millis(100);
    let pair = Pair::with(hub, ServeConfig::default()).await;
    let mut bo = pair.plain.visitor();
    bo.enters("Bo").await;
    for query in ["room=lobby&here=lobby", "room=*&here=lobby", "room=tea&room=lobby&here=lobby"] {
        let tag = pair.lobby().await.tag;
        let lease = RefCell::new(None);
        let comes = async {
            lease.replace(Some(pair.hub.enter(
                &Scope::of_every_room(),
                bo.person(),
                &["lobby".parse().unwrap()],
                None,
            )));
        };
        let said = held(&pair, &format!("{query}&presence={tag}"), comes).await;
        assert!(said.contains("\"Bo\""), "{said}");
        let tag = pair.lobby().await.tag;
        let goes = async { drop(lease.take()) };
        let said = held(&pair, &format!("{query}&presence={tag}"), goes).await;
        assert!(said.contains("\"presence\"") && !said.contains("\"Bo\""), "{said}");
    }
}

/// The duration and the answer of a poll that nothing ends early.
async fn time_of(way: &Way, query: &str) -> (Duration, Batch) {
    let mut connection = Connection::open(way.address).await;
    let start = Instant::now();
    let reply = connection.get(&format!("/api/v1/poll?{query}"), "").await.expect(200);
    (start.elapsed(), reply.json())
}

#[tokio::test]
async fn hold_ends_after_its_wait_but_never_early() {
    let mut hub = HubConfig::default();
    hub.max_wait = Duration::from_millis(1_300);
    let pair = Pair::with(hub, ServeConfig::default()).await;
    let polls = [("wait=1", 1_000), ("wait=2", 1_300), ("", 1_300), ("wait=4000000000", 1_300)];
    let polls = polls.into_iter().flat_map(|poll| [&pair.loops, &pair.plain].map(|way| (way, poll)));
    let polls = polls.flat_map(|poll| ["lobby", "*", "tea&room=lobby"].map(|room| (room, poll)));
    let head = pair.cursor(pair.hub.head());
    let holds = polls.map(|(room, (way, (wait, millis)))| async move {
        let (took, batch) = time_of(way, &format!("room={room}&{wait}")).await;
        assert!(took >= Duration::from_millis(millis), "{}: {wait} took {took:?}", way.name);
        assert_eq!((batch.entries.len(), batch.cursor), (0, head), "{}", way.name);
    });
    futures_util::future::join_all(holds).await;
    pair.holds_nothing().await;
}
