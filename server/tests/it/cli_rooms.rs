//! `tail` with missing rooms: creates none, waits, and misses no entry of a room that appears.

use holdline_shared::RoomList;

use crate::support::{Holdline, Process};

async fn rooms(server: &Process) -> Vec<String> {
    let list: RoomList = server.visitor().get("/api/v1/rooms").await.expect(200).json();
    list.rooms.into_iter().map(|room| room.name.to_string()).collect()
}

#[tokio::test]
async fn missing_room_is_awaited_and_not_created() {
    let server = Process::start(&["--log", "memory:"]).await;
    for arguments in [
        &["tail", "-r", "tea"][..],
        &["tail", "-r", "tea", "--last", "5"],
        &["tail", "-r", "tea", "--since", "start"],
    ] {
        let mut tail = Holdline::start(server.address, arguments);
        assert_eq!(tail.says().await, "holdline: there is no room tea yet; waiting for it", "{arguments:?}");
        server.holds(1).await;
        assert_eq!(rooms(&server).await, ["lobby"], "{arguments:?}");
        tail.signal("INT").await;
        tail.ended().await;
    }
}

#[tokio::test]
async fn room_that_appears_is_followed_from_its_first_entry() {
    let server = Process::start(&["--log", "memory:"]).await;
    let mut tail = Holdline::start(server.address, &["tail", "-r", "tea", "-r", "lobby"]);
    tail.says().await;
    server.holds(1).await;
    for (room, text) in [
        ("lobby", "1"),
        ("other", "not for us"),
        ("tea", "2"),
        ("lobby", "3"),
        ("other", "nor this"),
        ("tea", "4"),
    ] {
        Holdline::done(server.address, &["send", "-r", room, text]).await;
    }
    let mut lines = Vec::new();
    for _ in 0..5 {
        lines.push(tail.line().await[6..].to_owned());
    }
    let expected = ["lobby Ada: 1", "tea Ada opened the room", "tea Ada: 2", "lobby Ada: 3", "tea Ada: 4"];
    assert_eq!(lines, expected, "in log order, once, and no other entries");
}

#[tokio::test]
async fn cursor_from_before_a_room_appeared_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("cursor");
    let arguments = ["tail", "-r", "tea", "-r", "lobby", "--state", state.to_str().unwrap()];
    let server = Process::start(&["--log", "memory:"]).await;
    let mut tail = Holdline::start(server.address, &arguments);
    tail.says().await;
    server.holds(1).await;
    Holdline::done(server.address, &["send", "1"]).await;
    assert_eq!(tail.texts(1).await, ["1"]);
    tail.signal("TERM").await;
    tail.ended().await;
    for (room, text) in [("tea", "2"), ("lobby", "3")] {
        Holdline::done(server.address, &["send", "-r", room, text]).await;
    }
    let mut tail = Holdline::start(server.address, &arguments);
    assert!(tail.line().await.ends_with("opened the room"));
    assert_eq!(tail.texts(2).await, ["2", "3"]);
}
