//! Creating, changing and listing rooms.

use holdline_server::hub::HubConfig;
use holdline_shared::{Entry, EntryKind, ProblemCode, RoomList, Seq};
use serde_json::json;

use crate::support::{Server, until};

#[tokio::test]
async fn rooms_are_created_changed_and_kept() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.put("/api/v1/rooms/tea", &json!({})).await.expect(201);
    ada.put("/api/v1/rooms/Tea", &json!({})).await.expect(204);
    let green: Entry =
        ada.put("/api/v1/rooms/tea", &json!({"topic": " green \n tea"})).await.expect(200).json();
    assert!(matches!(&green.kind, EntryKind::Room { topic, .. } if topic.as_str() == "green tea"));
    ada.put("/api/v1/rooms/tea", &json!({"topic": "green tea"})).await.expect(204);
    ada.put("/api/v1/rooms/tea", &json!({})).await.expect(204);
    assert_eq!(ada.history("tea").await.topic.as_str(), "green tea");
    // The body is optional.
    let bare = ada.request(reqwest::Method::PUT, "/api/v1/rooms/cocoa").send().await.unwrap();
    assert_eq!(bare.status(), 201);
}

#[tokio::test]
async fn room_names_may_have_any_script() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    for (path, name) in [
        ("%E6%9D%B1%E4%BA%AC", "東京"),
        ("%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88%D8%A7%D9%87%D9%85", "می\u{200C}خواهم"),
    ] {
        ada.makes_room(path).await;
        let said = ada.says_in(path, "hello").await;
        assert_eq!(said.room.as_str(), name);
        let batch = ada.polls(&format!("room={path}&after=start")).await;
        assert_eq!(batch.entries.last(), Some(&said));
    }
}

#[tokio::test]
async fn rooms_are_listed_by_activity_with_people() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.makes_room("tea").await;
    let said = ada.says("hello").await;
    let here = ada.clone();
    let held = tokio::spawn(async move { here.polls("room=tea&here=tea").await });
    held.await.unwrap();
    let list: RoomList = ada.get("/api/v1/rooms").await.expect(200).json();
    let rooms: Vec<_> = list.rooms.iter().map(|r| (r.name.as_str(), r.head.0, r.here)).collect();
    assert_eq!(rooms, [("lobby", said.seq.0, 0), ("tea", 2, 1)]);
    assert_eq!(list.cursor.seq, said.seq);
}

#[tokio::test]
async fn list_tells_messages_from_what_happens_to_them() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let made = ada.makes_room("tea").await;
    let tea = async || {
        let list: RoomList = ada.get("/api/v1/rooms").await.expect(200).json();
        let tea = list.rooms.into_iter().find(|room| room.name.as_str() == "tea").unwrap();
        (tea.head, tea.said)
    };
    assert_eq!(tea().await, (made.seq, Seq::START));
    let said = ada.says_in("tea", "hello").await;
    assert_eq!(tea().await, (said.seq, said.seq));
    let topic: Entry = ada.put("/api/v1/rooms/tea", &json!({"topic": "green"})).await.expect(200).json();
    assert_eq!(tea().await, (topic.seq, said.seq), "a topic is no message");
}

#[tokio::test]
async fn deleted_message_is_not_what_a_room_has_to_read() {
    let server = Server::sqlite(HubConfig::default()).await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    ada.makes_room("tea").await;
    let tea = async || {
        let list: RoomList = bob.get("/api/v1/rooms").await.expect(200).json();
        list.rooms.into_iter().find(|room| room.name.as_str() == "tea").unwrap().said
    };
    let delete = async |entry: Entry| {
        ada.delete(&format!("/api/v1/rooms/tea/messages/{}", entry.seq)).await.expect(200)
    };
    let (first, second) = (ada.says_in("tea", "one").await, ada.says_in("tea", "two").await);
    let third = ada.says_in("tea", "three").await;
    delete(second).await;
    assert_eq!(tea().await, third.seq, "an older one was deleted");
    delete(third).await;
    assert_eq!(tea().await, first.seq);
    let last = bob.says_in("tea", "four").await;
    assert_eq!(tea().await, last.seq);
    delete(first).await;
    assert_eq!(tea().await, last.seq);
    bob.delete(&format!("/api/v1/rooms/tea/messages/{}", last.seq)).await.expect(200);
    assert_eq!(tea().await, Seq::START, "nothing is left to read");
}

#[tokio::test]
async fn new_room_answers_a_poll_of_all_rooms() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let bob = server.visitor();
    let held = tokio::spawn(async move { bob.polls("room=*").await });
    until("the poll is held", || server.hub.held() == 1).await;
    let made = ada.makes_room("tea").await;
    assert_eq!(held.await.unwrap().entries, [made]);
    assert_eq!(
        ada.publishes("nowhere", crate::support::key(), "x").await.problem(),
        ProblemCode::UnknownRoom
    );
}
