//! Reading: batches forwards, pages backwards, and the head.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::limits::BATCH_ENTRIES;
use holdline_shared::{Person, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use super::{append, left, make, named, room, say, seqs, texts};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Follower, Log, LogEvent};
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;
use crate::scope::tests::RoomsOnly;

pub(crate) async fn appended_entries_are_read_in_order(log: Arc<dyn Log>) {
    let start = log.head();
    append(&*log, make("tea", Some("green"))).await;
    let mut said = Vec::new();
    for n in 0..6 {
        let room = if n % 2 == 0 { "lobby" } else { "tea" };
        said.push(append(&*log, say("ada", room, n, &format!("m{n}"))).await);
    }
    assert!(said.is_sorted_by(|a, b| a < b) && start < said[0]);
    let (second, last) = (said[1], said[5]);
    let lobby = log.read(EVERY_ROOM, named(&["lobby"]), start).await.unwrap();
    assert_eq!((texts(&lobby), lobby.upto), (vec!["m0".into(), "m2".into(), "m4".into()], last));
    let both = log.read(EVERY_ROOM, named(&["lobby", "tea"]), second).await.unwrap();
    assert_eq!(seqs(&both), said[2..]);
    assert_eq!(seqs(&log.read(EVERY_ROOM, RoomSelection::All, second).await.unwrap()), said[2..]);
    let nothing = log.read(EVERY_ROOM, named(&["nowhere"]), start).await.unwrap();
    assert_eq!((seqs(&nothing), nothing.upto), (vec![], last));
    let far = Seq(last.0 + 99);
    let beyond = log.read(EVERY_ROOM, RoomSelection::All, far).await.unwrap();
    assert_eq!((seqs(&beyond), beyond.upto), (vec![], far), "a cursor never goes back");
}

pub(crate) async fn batch_is_limited(log: Arc<dyn Log>) {
    let begin = append(&*log, make("tea", None)).await;
    let total = BATCH_ENTRIES as u128 + 10;
    let pending: Vec<_> = (0..total)
        .map(|n| log.append(say("ada", if n % 3 == 0 { "lobby" } else { "tea" }, n, "x")))
        .collect();
    futures_util::future::join_all(pending).await;
    for rooms in [RoomSelection::All, named(&["lobby", "tea"])] {
        let mut after = begin;
        let mut got = Vec::new();
        while got.len() < total as usize {
            let chunk = log.read(EVERY_ROOM, rooms.clone(), after).await.unwrap();
            assert!(!chunk.entries.is_empty() && chunk.entries.len() <= BATCH_ENTRIES);
            got.extend(seqs(&chunk));
            after = chunk.upto;
        }
        assert_eq!((got.len() as u128, &got[..]), (total, &left(&*log).await[2..]));
    }
}

pub(crate) async fn history_is_paged_backwards(log: Arc<dyn Log>) {
    for n in 0..25 {
        append(&*log, say("ada", "lobby", n, &format!("m{n}"))).await;
    }
    let newest = log.page(EVERY_ROOM, room("lobby"), None, 10, None).await.unwrap();
    let first = &newest.messages[0];
    assert_eq!((newest.messages.len(), newest.more, newest.upto), (10, true, log.head()));
    assert_eq!(newest.messages[9].text.as_ref().unwrap().as_str(), "m24");
    let older = log.page(EVERY_ROOM, room("lobby"), Some(first.seq), 20, None).await.unwrap();
    assert_eq!((older.messages.len(), older.more), (15, false));
    assert_eq!(older.messages[14].text.as_ref().unwrap().as_str(), "m14");
    let none = log.page(EVERY_ROOM, room("nowhere"), None, 10, None).await.unwrap();
    assert_eq!((none.messages.len(), none.more), (0, false));
}

pub(crate) async fn head_is_never_behind_a_read(log: Arc<dyn Log>) {
    let mut reached = log.head();
    for n in 0..200 {
        let appending = log.append(say("ada", "lobby", n, "x"));
        loop {
            let page = log.page(EVERY_ROOM, room("lobby"), None, 1, None).await.unwrap();
            assert!(page.upto <= log.head(), "{} was read, the head is {}", page.upto, log.head());
            let chunk = log.read(EVERY_ROOM, RoomSelection::All, reached).await.unwrap();
            assert!(chunk.upto <= log.head(), "{} was read, the head is {}", chunk.upto, log.head());
            if chunk.upto > reached {
                reached = chunk.upto;
                break;
            }
        }
        assert!(matches!(appending.await, Ok(Outcome::Appended(_))));
    }
}

pub(crate) async fn reads_stay_within_their_scope(log: Arc<dyn Log>) {
    let start = log.head();
    for (n, name) in ["tea", "secret"].into_iter().enumerate() {
        append(&*log, make(name, None)).await;
        append(&*log, say("ada", name, n as u128, name)).await;
    }
    let last = append(&*log, say("ada", "secret", 5, "secret")).await;
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    let scope = RoomsOnly::new(&["tea", "nowhere"]).scope();
    for rooms in [RoomSelection::All, named(&["tea", "secret"])] {
        let chunk = log.read(&scope, rooms.clone(), start).await.unwrap();
        assert_eq!((texts(&chunk), chunk.upto), (vec!["tea".to_owned()], last), "{rooms:?}");
        let tea = log.read(EVERY_ROOM, named(&["tea"]), start).await.unwrap();
        assert_eq!(chunk.forgotten, tea.forgotten, "what others have lost is not told");
    }
    assert!(log.read(&scope, named(&["secret"]), start).await.unwrap().entries.is_empty());
    assert!(log.page(&scope, room("secret"), None, 10, None).await.unwrap().messages.is_empty());
    assert_eq!(log.page(&scope, room("tea"), None, 10, None).await.unwrap().messages.len(), 1);
}

pub(crate) async fn read_passes_over_hidden_entries(log: Arc<dyn Log>) {
    append(&*log, make("tea", None)).await;
    let start = append(&*log, make("secret", None)).await;
    let hidden = (0..=BATCH_ENTRIES as u128).map(|n| log.append(say("ada", "secret", n, "x")));
    futures_util::future::join_all(hidden.collect::<Vec<_>>()).await;
    let scope = RoomsOnly::new(&["tea"]).scope();
    let nothing = log.read(&scope, RoomSelection::All, start).await.unwrap();
    assert_eq!((seqs(&nothing), nothing.upto), (vec![], log.head()));
    let tea = append(&*log, say("ada", "tea", BATCH_ENTRIES as u128 + 1, "tea")).await;
    let found = log.read(&scope, RoomSelection::All, start).await.unwrap();
    assert_eq!((seqs(&found), found.upto), (vec![tea], tea));
}

pub(crate) async fn reserved_room_is_neither_read_nor_counted(log: Arc<dyn Log>) {
    let reserved = RoomName::reserved_access();
    let start = log.head();
    let in_reserved = |kind| Draft { author: Person::house(), room: reserved.clone(), kind };
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = told.clone();
    let follower: Follower = Arc::new(move |event| {
        if let LogEvent::Appended(entries) = event {
            telling.lock().extend(entries.iter().map(|entry| entry.seq));
        }
    });
    log.follow(start, follower).await.unwrap();
    let made = append(&*log, in_reserved(DraftKind::room())).await;
    let last = append(&*log, say("ada", "lobby", 0, "hello")).await;
    // A room without messages would expire.
    while log.expire_rooms(Duration::ZERO, Arc::new(|_| false)).await.unwrap() {}
    let said = append(&*log, in_reserved(say("ada", "lobby", 1, "secret").kind)).await;
    assert_eq!(*told.lock(), [made, last, said], "followers are told");
    let all = log.read(EVERY_ROOM, RoomSelection::All, start).await.unwrap();
    assert_eq!((seqs(&all), all.upto), (vec![last], said));
    let named = RoomSelection::Named(vec![reserved.clone()]);
    assert!(log.read(EVERY_ROOM, named, start).await.unwrap().entries.is_empty());
    assert!(log.page(EVERY_ROOM, reserved, None, 10, None).await.unwrap().messages.is_empty());
    let rooms: Vec<_> = log.rooms().await.unwrap().into_iter().map(|room| room.name).collect();
    assert_eq!(rooms, [room("lobby")]);
}
