//! Rooms that expire make room for others.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::limits::ROOMS;
use holdline_shared::{Person, RoomName};

use crate::log::{Draft, DraftKind, Log, LogError, Outcome, Refusal, SqliteLog};

#[tokio::test]
async fn expired_room_frees_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    drop(SqliteLog::open(&path).unwrap());
    // In October of 2001 there was no Holdline; in 2025 there was.
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROOMS} - 1)
         INSERT INTO rooms (name, topic, head, at, entries)
         SELECT 'r' || i, '', 0, iif(i = 7, 1740000000000, 1e15), 0 FROM n"
    );
    rusqlite::Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let make = |name: &str| {
        let kind = DraftKind::room();
        log.append(Draft { author: Person::stdin(), room: name.parse().unwrap(), kind })
    };
    assert_eq!(make("one-more").await.unwrap_err(), LogError::Refused(Refusal::TooManyRooms));
    let nobody = Arc::new(|_: &RoomName| false);
    while log.expire_rooms(Duration::from_secs(3600), nobody.clone()).await.unwrap() {}
    assert!(matches!(make("one-more").await, Ok(Outcome::Made(_))));
    assert_eq!(make("two-more").await.unwrap_err(), LogError::Refused(Refusal::TooManyRooms));
    assert!(make("r7").await.is_err(), "its place is taken");
    assert!(matches!(make("r8").await, Ok(Outcome::Unchanged)));
}

#[tokio::test]
async fn room_behind_many_that_stay_expires() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    drop(SqliteLog::open(&path).unwrap());
    // The age of the first entries is unknown: the clock stood in 1972, and no older entry follows them.
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
               INSERT INTO rooms (name, topic, head, at, entries)
               SELECT 'r' || i, '', 0, iif(i < 450, 63072000000, 1740000000000), 0 FROM n";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let nobody = Arc::new(|_: &RoomName| false);
    while log.expire_rooms(Duration::from_secs(3600), nobody.clone()).await.unwrap() {}
    assert_eq!(log.rooms().await.unwrap().len(), 450, "the lobby and 449 of no known age");
}

#[tokio::test]
async fn room_made_while_the_clock_was_wrong_is_as_old_as_what_came_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    drop(SqliteLog::open(&path).unwrap());
    let sql = "INSERT INTO rooms (name, topic, head, at, entries) VALUES
               ('ahead', '', 2, 1e15, 1), ('behind', '', 3, 63072000000, 1), ('young', '', 5, 1e15, 1);
               INSERT INTO entries SELECT column1, (SELECT id FROM rooms WHERE name = column2), column3, '' FROM
               (VALUES (2, 'ahead', 1e15), (3, 'behind', 63072000000), (4, 'lobby', 1740000000000),
                (5, 'young', 1e15), (6, 'lobby', 9e14))";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let said = Draft::say(Person::stdin(), RoomName::lobby(), "now".parse().unwrap());
    log.append(said).await.unwrap();
    let nobody = Arc::new(|_: &RoomName| false);
    while log.expire_rooms(Duration::from_secs(3600), nobody.clone()).await.unwrap() {}
    let mut names: Vec<_> = log.rooms().await.unwrap().into_iter().map(|r| r.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["lobby", "young"]);
}
