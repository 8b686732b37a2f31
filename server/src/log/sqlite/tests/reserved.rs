//! The reserved room in files: it counts as none, and is carried from one log to another.

use std::sync::Arc;

use holdline_shared::{Person, RoomName};
use rusqlite::Connection;

use super::say;
use crate::log::projection::{AppendTransaction, Tip, migrate};
use crate::log::sqlite::{check, database, export, import};
use crate::log::{Draft, DraftKind, Log, SqliteLog};

#[tokio::test]
async fn reserved_room_is_carried_and_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("holdline.db"), folder.path().join("copy.db"));
    let log = SqliteLog::open(&path).unwrap();
    log.append(say("hello")).await.unwrap();
    let secret = "hash".parse().unwrap();
    log.append(Draft::say(Person::house(), RoomName::reserved_access(), secret)).await.unwrap();
    drop(log);
    let mut lines = Vec::new();
    assert_eq!(export(&path, &mut lines).unwrap().entries, 4, "the rooms and a message in each");
    assert_eq!(import(&mut lines.as_slice(), &copy).unwrap(), 4);
    for path in [&path, &copy] {
        assert!(check(path).unwrap().faults.is_empty(), "{path:?}");
        let connection = database::open_read_only(path).unwrap();
        assert_eq!(Tip::read(&connection).unwrap().rooms, 1, "{path:?}");
    }
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection, 0).unwrap();
    let mut group =
        AppendTransaction::begin(connection.transaction().unwrap(), Tip::default(), Arc::default(), 2);
    for room in [RoomName::reserved_access(), RoomName::lobby()] {
        group.append(&Draft { author: Person::house(), room, kind: DraftKind::room() }).unwrap();
    }
    assert_eq!(group.commit().unwrap().tip.rooms, 1);
    let other = String::from_utf8(lines).unwrap().replace("~access", "~other");
    assert!(import(&mut other.as_bytes(), &folder.path().join("other.db")).is_err());
}
