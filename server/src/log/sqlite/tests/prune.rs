//! A room that cannot be pruned delays no other room.

use holdline_shared::{Person, RoomName, RoomSelection, Seq};

use crate::log::{Draft, Log, SqliteLog};
use crate::scope::EVERY_ROOM;

#[tokio::test]
async fn room_that_cannot_be_pruned_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    let say = |room: &str| Draft::say(Person::stdin(), room.parse().unwrap(), "x".parse().unwrap());
    // More entries than one transaction removes, all before those of the other rooms.
    for (room, count) in [("broken", 4_100), ("fine", 20), ("lobby", 1)] {
        let pending: Vec<_> = (0..count).map(|_| log.append(say(room))).collect();
        futures_util::future::join_all(pending).await;
    }
    let db = rusqlite::Connection::open(&path).unwrap();
    let fail = "CREATE TRIGGER fail BEFORE DELETE ON entries
                WHEN old.room = (SELECT id FROM rooms WHERE name = 'broken')
                BEGIN SELECT RAISE(ABORT, 'as if its page was damaged'); END";
    db.execute_batch(fail).unwrap();
    let left = async |room: &str| {
        let rooms = RoomSelection::Named(vec![room.parse::<RoomName>().unwrap()]);
        log.read(EVERY_ROOM, rooms, Seq::START).await.unwrap().entries.len()
    };
    for keep in ["5/room", "0d"] {
        let keep = keep
            .parse()
            .unwrap_or(crate::log::Retention { age: Some(std::time::Duration::ZERO), per_room: None });
        let mut calls = 0;
        while log.prune(keep).await.unwrap() {
            calls += 1;
            assert!(calls < 20, "retention never comes to an end");
        }
    }
    assert_eq!((left("fine").await, left("lobby").await), (0, 1));
    assert!(left("broken").await > 0);
    // Once the room can be pruned again, the next run does.
    db.execute_batch("DROP TRIGGER fail").unwrap();
    while log.prune("5/room".parse().unwrap()).await.unwrap() {}
    assert_eq!(left("broken").await, 5);
}
