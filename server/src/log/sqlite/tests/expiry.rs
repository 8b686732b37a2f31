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
        let kind = DraftKind::Room { topic: None };
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
