//! The cost of a read, in steps of SQLite's virtual machine and in bytes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use holdline_shared::limits::{BATCH_BYTES, BATCH_ENTRIES, ROOMS_PER_POLL};
use holdline_shared::{Person, RoomName, RoomSelection, Seq};
use rusqlite::Connection;

use crate::log::projection::{MOST_SKIPPED, gather, gather_all, read};
use crate::log::sqlite::database;
use crate::log::{Draft, Log, SqliteLog};
use crate::scope::EVERY_ROOM;
use crate::scope::tests::RoomsOnly;

fn names() -> Vec<RoomName> {
    (0..ROOMS_PER_POLL).map(|n| format!("r{n}").parse().unwrap()).collect()
}

/// A log with as many rooms as one poll can name, each with so many entries.
async fn fill(path: &Path, entries: usize, text: &str) {
    let log = SqliteLog::open(path).unwrap();
    for _ in 0..entries {
        let say = |room| log.append(Draft::say(Person::stdin(), room, text.parse().unwrap()));
        futures_util::future::join_all(names().into_iter().map(say)).await;
    }
}

/// A reader, and the number of steps that its connection has done.
fn counting(path: &Path) -> (Connection, Arc<AtomicU64>) {
    let steps = Arc::new(AtomicU64::new(0));
    let count = steps.clone();
    let mut reader = database::open_read_only(path).unwrap();
    let step = move || {
        count.fetch_add(1, Ordering::Relaxed);
        false
    };
    reader.progress_handler(1, Some(step)).unwrap();
    (reader, steps)
}

#[tokio::test]
async fn read_of_many_rooms_stops_at_the_limits_of_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let rooms = RoomSelection::Named(names());
    let mut costs = Vec::new();
    for entries in [20, 200] {
        let path = folder.path().join(format!("{entries}.db"));
        fill(&path, entries, "x").await;
        let (reader, steps) = counting(&path);
        let chunk = read(&reader, EVERY_ROOM, &rooms, Seq::START).unwrap();
        assert_eq!(chunk.entries.len(), BATCH_ENTRIES);
        assert!(chunk.entries.is_sorted_by_key(|entry| entry.seq), "in log order");
        costs.push(steps.load(Ordering::Relaxed));
    }
    assert!(costs[1] < costs[0] * 11 / 10, "ten times as many entries: {costs:?} steps");
}

#[tokio::test]
async fn read_of_many_rooms_takes_no_more_bytes_than_a_batch_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    let text = "x".repeat(4_000);
    fill(&path, 8, &text).await;
    let (reader, _) = counting(&path);
    for gathered in [gather(&reader, &names(), Seq::START), gather_all(&reader, Seq::START, |_| true)] {
        let gathered = gathered.unwrap();
        assert!(gathered.is_full() && gathered.bytes < BATCH_BYTES + 5_000, "{} bytes", gathered.bytes);
        assert!(gathered.rows < BATCH_ENTRIES, "the bytes were full first: {}", gathered.rows);
    }
}

#[tokio::test]
async fn room_that_is_named_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    fill(&path, 2, "x").await;
    let (reader, _) = counting(&path);
    let twice = [names()[..1].to_vec(), names()[..1].to_vec()].concat();
    let chunk = read(&reader, EVERY_ROOM, &RoomSelection::Named(twice), Seq::START).unwrap();
    assert_eq!(chunk.entries.len(), 3, "its making and two messages");
}

#[test]
fn read_passes_over_a_bounded_number_of_hidden_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    drop(SqliteLog::open(&path).unwrap());
    let db = Connection::open(&path).unwrap();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
               INSERT INTO entries SELECT i, 1, 0, '' FROM n";
    let last = 2 * MOST_SKIPPED as u64 - 1;
    db.execute(sql, [last]).unwrap();
    let scope = RoomsOnly::new(&["tea"]).scope();
    let some = read(&db, &scope, &RoomSelection::All, Seq::START).unwrap();
    assert_eq!(
        (some.entries.len(), some.upto),
        (0, Seq(MOST_SKIPPED as u64)),
        "the next read goes on from there"
    );
    let rest = read(&db, &scope, &RoomSelection::All, some.upto).unwrap();
    assert_eq!((rest.entries.len(), rest.upto), (0, Seq(last)));
}
