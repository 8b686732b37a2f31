//! Expiry of empty rooms, and the gaps that clients are told of.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::{Batch, ProblemCode, RoomList};
use serde_json::json;

use crate::support::{Client, Server, until, within};

/// Rooms expire at once, and no entries are cached.
fn quick() -> HubConfig {
    let mut config = HubConfig::default();
    (config.room_expiry, config.recent_bytes) = (Duration::from_millis(20), 0);
    config
}

async fn until_gone(client: &Client, room: &str) {
    let query = format!("room={room}&wait=0");
    within("the room's end", async { while client.poll(&query).await.status != 404 {} }).await;
}

#[tokio::test]
async fn empty_room_expires_and_leaves_a_gap() {
    let server = Server::sqlite(quick()).await;
    let ada = server.person("Ada").await;
    let before = ada.cursor().await;
    ada.makes_room("full").await;
    ada.says_in("full", "hello").await;
    ada.makes_room("empty").await;
    ada.says("so that it is not the last entry").await;
    until_gone(&ada, "empty").await;
    let list: RoomList = ada.get("/api/v1/rooms").await.expect(200).json();
    assert!(list.rooms.iter().all(|room| room.name.as_str() != "empty"), "{list:?}");
    assert_eq!(ada.get("/api/v1/rooms/empty/messages").await.problem(), ProblemCode::UnknownRoom);
    assert_eq!(ada.history("full").await.messages.len(), 1);
    let everything = ada.poll(&format!("room=*&after={before}&wait=0")).await;
    assert_eq!(everything.problem(), ProblemCode::Gap, "the expired room's entries are missing");
    let full: Batch = ada.polls(&format!("room=full&after={before}&wait=0")).await;
    assert_eq!(full.entries.len(), 2, "other rooms miss nothing");
    // The room can be created again, and readers of the earlier one have a gap.
    ada.put("/api/v1/rooms/empty", &json!({})).await.expect(201);
    ada.says_in("empty", "hello again").await;
    assert_eq!(ada.poll(&format!("room=empty&after={before}&wait=0")).await.problem(), ProblemCode::Gap);
}

#[tokio::test]
async fn room_with_a_held_poll_does_not_expire() {
    let mut quick = HubConfig::default();
    quick.room_expiry = Duration::from_millis(20);
    let server = Server::with(quick, ServeConfig::default()).await;
    let ada = server.person("Ada").await;
    ada.makes_room("waited-for").await;
    let bob = server.visitor();
    let held = tokio::spawn(async move { bob.polls("room=waited-for&wait=100").await });
    until("the poll is held", || server.hub.held() == 1).await;
    ada.makes_room("empty").await;
    ada.says("so that it is not the last entry").await;
    until_gone(&ada, "empty").await;
    let said = ada.says_in("waited-for", "hello").await;
    assert_eq!(held.await.unwrap().entries, [said]);
}
