//! Tests of this engine alone: the contract on files, and what happens to those files.

mod access;
mod expiry;
mod prune;
mod publishing;
mod reactions;
mod reader;
mod reserved;
mod stored;

use std::time::Duration;

use holdline_shared::{RoomName, RoomSelection, Seq};

use super::location::beside;
use super::*;
use crate::log::{Draft, Log, LoggedRoom, Outcome, Retention};
use crate::scope::EVERY_ROOM;

crate::log::contract::suite!(|dir| SqliteLog::open(&dir.join("holdline.db")).unwrap());
crate::log::contract::durable_suite!(|dir| SqliteLog::open(&dir.join("holdline.db")));

fn say(text: &str) -> Draft {
    Draft::say(holdline_shared::Person::stdin(), RoomName::lobby(), text.parse().unwrap())
}

#[tokio::test]
async fn one_server_writes_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let first = SqliteLog::open(&path).unwrap();
    let Err(LogError::Unavailable(why)) = SqliteLog::open(&path) else { panic!("two of them") };
    assert!(why.contains("in use"), "{why}");
    drop(first);
    assert!(SqliteLog::open(&path).is_ok());
}

#[tokio::test]
async fn a_closed_log_is_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (dir.path().join("holdline.db"), dir.path().join("elsewhere.db"));
    let log = SqliteLog::open(&path).unwrap();
    log.append(say("hello")).await.unwrap();
    log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    let epoch = log.epoch();
    drop(log);
    std::fs::copy(&path, &elsewhere).unwrap();
    let copy = SqliteLog::open(&elsewhere).unwrap();
    assert_eq!((copy.head(), copy.epoch()), (Seq(2), epoch));
}

#[tokio::test]
async fn a_log_put_back_from_a_copy_has_another_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("holdline.db"), dir.path().join("copy.db"));
    let log = SqliteLog::open(&path).unwrap();
    let epoch = log.epoch();
    log.append(say("kept")).await.unwrap();
    drop(log);
    std::fs::copy(&path, &copy).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.epoch(), epoch, "an ordinary restart");
    log.append(say("lost with the copy")).await.unwrap();
    drop(log);
    std::fs::copy(&copy, &path).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.head(), Seq(2));
    assert_ne!(log.epoch(), epoch, "3 is about to be given to another entry");
    let renewed = log.epoch();
    drop(log);
    assert_eq!(SqliteLog::open(&path).unwrap().epoch(), renewed, "once");
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let text = "this is a letter, not a database; ".repeat(200);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(SqliteLog::open(&path), Err(LogError::Unavailable(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert!(SqliteLog::open(&dir.path().join("no/such/folder/holdline.db")).is_err());
}

#[test]
fn a_database_of_something_else_or_of_a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (name, sql) in
        [("other.db", "CREATE TABLE songs (name TEXT)"), ("newer.db", "PRAGMA user_version = 99")]
    {
        let path = dir.path().join(name);
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        assert!(matches!(SqliteLog::open(&path), Err(LogError::Unavailable(_))), "{name}");
    }
}

#[tokio::test]
async fn log_let_go_of_by_its_own_writer_keeps_what_it_acknowledged() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("holdline.db");
        let log = Arc::new(SqliteLog::open(&path).unwrap());
        let life = log.shared.life.clone();
        let hub = crate::hub::Hub::open(log).await.unwrap();
        let answers: Vec<_> = (0..3000).map(|_| hub.publish(say("on its way"))).collect();
        drop(hub);
        let mut acknowledged = 0;
        for answer in answers {
            match answer.await {
                Ok(Outcome::Appended(_)) => acknowledged += 1,
                Err(LogError::Closed) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(life.ended().await, Stage::Closed, "the writer did not wait for itself");
        assert_eq!(std::fs::metadata(beside(&path, "-wal")).map_or(0, |wal| wal.len()), 0);
        let database = database::open_read_only(&path).unwrap();
        assert_eq!(projection::head(&database).unwrap(), Seq(1 + acknowledged));
    }
}

#[tokio::test]
async fn closed_log_is_complete_and_takes_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    let last = log.append(say("handed in before"));
    log.close().await;
    assert!(matches!(last.await, Ok(Outcome::Appended(_))));
    assert!(matches!(log.append(say("after")).await, Err(LogError::Closed)));
    assert_eq!(log.health().await, Err(LogError::Closed));
    log.close().await;
    assert!(!beside(&path, "-wal").exists());
    assert!(log.failed().now_or_never().is_none(), "closed is not failed");
}

#[tokio::test]
async fn health_is_what_an_append_would_find() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    assert_eq!(log.health().await, Ok(()));
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = log.health().await.unwrap_err().to_string();
    assert!(locked.contains("locked") || locked.contains("in time"), "{locked}");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(log.health().await, Ok(()));
    let away = dir.path().join("away.db");
    std::fs::rename(&path, &away).unwrap();
    assert!(log.health().await.unwrap_err().to_string().contains("removed or replaced"));
    std::fs::rename(&away, &path).unwrap();
    assert_eq!(log.health().await, Ok(()));
}

#[tokio::test]
async fn log_without_its_wal_fails_and_has_saved_everything() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    log.append(say("acknowledged")).await.unwrap();
    std::fs::remove_file(beside(&path, "-wal")).unwrap();
    let Err(LogError::Unavailable(why)) = log.append(say("refused")).await else { panic!("taken") };
    assert!(why.contains("-wal was removed"), "{why}");
    log.failed().await;
    // The file as a crash would leave it.
    let saved = inspect::open(&path, false).unwrap();
    assert_eq!(projection::head(&saved).unwrap(), Seq(2));
}

#[tokio::test]
async fn retention_gives_room_back_and_leaves_no_text() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    let text = format!("to be forgotten {}", "x".repeat(1000));
    let said: Vec<_> = (0..4000).map(|_| log.append(say(&text))).collect();
    for outcome in futures_util::future::join_all(said).await {
        outcome.unwrap();
    }
    let keep = Retention { per_room: Some(1), age: None };
    while log.prune(keep).await.unwrap() {}
    let size = |end: &str| std::fs::metadata(beside(&path, end)).unwrap().len();
    let end = std::time::Instant::now() + Duration::from_secs(60);
    // Pages are returned while the writer is idle.
    while size("") > 2 << 20 || size("-wal") > 1 << 20 {
        assert!(std::time::Instant::now() < end, "still {} and {}", size(""), size("-wal"));
        tokio::task::yield_now().await;
    }
    let bytes = [std::fs::read(&path).unwrap(), std::fs::read(beside(&path, "-wal")).unwrap()].concat();
    let needle = b"to be forgotten";
    let left = bytes.windows(needle.len()).filter(|window| window == needle).count();
    assert_eq!(left, 1, "the last entry stays");
}
