//! Bytes damaged by a disk cost only the entry that they belong to.

use std::path::Path;

use holdline_shared::{Person, PublishKey, RoomName, RoomSelection, Seq};

use crate::log::{Draft, DraftKind, Log, Outcome, SqliteLog};
use crate::scope::EVERY_ROOM;

fn draft(room: &str, kind: DraftKind) -> Draft {
    Draft { author: Person::stdin(), room: room.parse().unwrap(), kind }
}

fn say(n: u8, text: &str) -> Draft {
    let key = PublishKey::from_bytes([n; 16]);
    draft("lobby", DraftKind::Message { key, text: text.parse().unwrap(), reply_to: None, makes_room: true })
}

/// A log with six messages in the lobby, entries 2 to 7, and another room, entry 8. Then a look with other eyes at its file.
async fn damaged(path: &Path, sql: &str) -> SqliteLog {
    let log = SqliteLog::open(path).unwrap();
    for n in 0..6 {
        log.append(say(n, &format!("message number {n}"))).await.unwrap();
    }
    log.append(draft("tea", DraftKind::Room { topic: Some("green".parse().unwrap()), policy: None }))
        .await
        .unwrap();
    drop(log);
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    SqliteLog::open(path).unwrap()
}

/// Checks that whatever is left to read is valid, and is this.
async fn check(log: &SqliteLog, entries: &[u64], messages: &[u64]) {
    let lobby = RoomSelection::Named(vec![RoomName::lobby()]);
    for (rooms, expected) in [(lobby, entries), (RoomSelection::All, &[entries, &[8]].concat())] {
        let chunk = log.read(EVERY_ROOM, rooms, Seq::START).await.unwrap();
        let read: Vec<u64> = chunk.entries.iter().map(|entry| entry.seq.0).collect();
        assert_eq!((read.as_slice(), chunk.upto), (expected, Seq(8)), "the poll goes on behind it");
        for entry in &chunk.entries {
            serde_json::from_slice::<serde_json::Value>(&entry.json).unwrap();
        }
    }
    let page = log.page(EVERY_ROOM, RoomName::lobby(), None, 50, None).await.unwrap();
    assert_eq!(page.messages.iter().map(|message| message.seq.0).collect::<Vec<_>>(), messages);
}

#[tokio::test]
async fn damaged_entry_costs_that_entry() {
    let cases = [
        ("no JSON", "UPDATE entries SET json = replace(json, '\"text\":', 'text:') WHERE seq = 4"),
        (
            "no UTF-8",
            "UPDATE entries SET json = CAST(CAST(replace(json, 'number 2', '#') AS BLOB) || x'ff' AS TEXT)
                      WHERE seq = 4",
        ),
        (
            "no UTF-8 within a text",
            "UPDATE entries SET json = CAST(substr(CAST(json AS BLOB), 1, length(json) - 5) || x'ff' ||
             substr(CAST(json AS BLOB), length(json) - 3) AS TEXT) WHERE seq = 4",
        ),
        ("half", "UPDATE entries SET json = substr(json, 1, 40) WHERE seq = 4"),
        ("nothing", "UPDATE entries SET json = '' WHERE seq = 4"),
        ("another entry", "UPDATE entries SET json = replace(json, '\"seq\":4', '\"seq\":5') WHERE seq = 4"),
        ("a zero byte", "UPDATE entries SET json = replace(json, 'number', char(0)) WHERE seq = 4"),
    ];
    for (name, sql) in cases {
        let folder = tempfile::tempdir().unwrap();
        let log = damaged(&folder.path().join("holdline.db"), sql).await;
        println!("{name}");
        check(&log, &[1, 2, 3, 5, 6, 7], &[2, 3, 5, 6, 7]).await;
        // The entry can be published again, answered, reacted to and deleted like any other.
        let Ok(Outcome::Repeated(again)) = log.append(say(2, "again")).await else { panic!("{name}") };
        assert_eq!((again.seq, again.message_text()), (Seq(4), None), "{name}");
        assert!(again.entry().is_some(), "{name}: what is answered is JSON");
        let target = Seq(4);
        for kind in [
            DraftKind::Reaction { target, emoji: "👍".parse().unwrap(), on: true },
            DraftKind::Edit { target, text: "edited".parse().unwrap() },
            DraftKind::Delete { target },
        ] {
            let outcome = log.append(draft("lobby", kind)).await;
            assert!(matches!(outcome, Ok(Outcome::Appended(_))), "{name}: {outcome:?}");
        }
        let all = log.read(EVERY_ROOM, RoomSelection::All, Seq(3)).await.unwrap();
        let repaired = all.entries.iter().find(|entry| entry.seq == target).unwrap();
        assert_eq!(repaired.message_text(), None, "{name}: deleting writes it again without its text");
        assert!(!String::from_utf8_lossy(&repaired.json).contains("number"), "{name}");
    }
}

#[tokio::test]
async fn damaged_edit_costs_that_edit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    let log = SqliteLog::open(&path).unwrap();
    log.append(say(1, "first")).await.unwrap();
    for text in ["second", "third"] {
        let kind = DraftKind::Edit { target: Seq(2), text: text.parse().unwrap() };
        log.append(draft("lobby", kind)).await.unwrap();
    }
    drop(log);
    let sql = "UPDATE entries SET json = 'third' WHERE seq = 4";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let log = SqliteLog::open(&path).unwrap();
    let page = log.page(EVERY_ROOM, RoomName::lobby(), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text.as_ref().unwrap().as_str(), "second");
    log.append(draft("lobby", DraftKind::Delete { target: Seq(2) })).await.unwrap();
    let all = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    let all: String = all.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(!["first", "second", "third"].iter().any(|text| all.contains(text)), "{all}");
}

#[tokio::test]
async fn damaged_words_of_rooms_cost_no_other_room() {
    let cases = [
        ("UPDATE rooms SET topic = CAST(x'67ff' AS TEXT) WHERE name = 'tea'", &["lobby", "tea"][..]),
        ("UPDATE rooms SET topic = char(7) WHERE name = 'tea'", &["lobby", "tea"]),
        ("UPDATE rooms SET name = CAST(x'ff' AS TEXT) WHERE name = 'tea'", &["lobby"]),
        // A name that a later version would refuse, or an earlier one did.
        ("UPDATE rooms SET name = 'Tea Party' WHERE name = 'tea'", &["Tea Party", "lobby"]),
    ];
    for (sql, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let log = damaged(&folder.path().join("holdline.db"), sql).await;
        let mut names: Vec<_> =
            log.rooms().await.unwrap().into_iter().map(|room| room.name.to_string()).collect();
        names.sort();
        assert_eq!(names, expected, "{sql}");
        check(&log, &[1, 2, 3, 4, 5, 6, 7], &[2, 3, 4, 5, 6, 7]).await;
        assert!(log.append(say(9, "next")).await.is_ok(), "{sql}");
    }
}
