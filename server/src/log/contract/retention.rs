//! Retention removes entries, whatever edits, deletions and reactions refer to them.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use super::{append, draft, left, make, named, room, say, seqs, texts};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Log, LogEvent, RoomCut};
use crate::log::retention::Retention;
use crate::scope::EVERY_ROOM;

fn edit(who: &str, target: Seq, text: &str) -> Draft {
    draft(who, "lobby", DraftKind::Edit { target, text: text.parse().unwrap() })
}

fn react(who: &str, target: Seq, on: bool) -> Draft {
    draft(who, "lobby", DraftKind::Reaction { target, emoji: "👍".parse().unwrap(), on })
}

/// Prunes to the end; each call must have removed entries.
async fn prune(log: &dyn Log, keep: &str) {
    let mut calls = 0;
    while log.prune(keep.parse().unwrap()).await.unwrap() {
        calls += 1;
        assert!(calls < 1_000, "retention never comes to an end");
    }
}

pub(crate) async fn retention_keeps_a_number_of_entries_or_an_age(log: Arc<dyn Log>) {
    append(&*log, make("tea", Some("green"))).await;
    let mut said = Vec::new();
    for n in 0..30 {
        let room = if n % 3 == 0 { "tea" } else { "lobby" };
        said.push(append(&*log, say("ada", room, n, &format!("m{n}"))).await);
    }
    while log.prune(Retention::default()).await.unwrap() {}
    assert_eq!(
        log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap().entries.len(),
        32,
        "for ever is for ever"
    );
    while log.prune("5/room".parse().unwrap()).await.unwrap() {}
    let lobby = log.read(EVERY_ROOM, named(&["lobby"]), Seq::START).await.unwrap();
    assert_eq!(texts(&lobby), ["m23", "m25", "m26", "m28", "m29"]);
    assert_eq!(lobby.forgotten, said[22], "m22 was the newest to go");
    let both = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    assert_eq!((both.entries.len(), log.head()), (10, said[29]));
    let page = log.page(EVERY_ROOM, room("tea"), None, 50, None).await.unwrap();
    assert_eq!((page.messages.len(), page.more), (5, false));
    let topic = log.rooms().await.unwrap().into_iter().find(|r| r.name == room("tea")).unwrap().topic;
    assert_eq!(topic.as_str(), "green", "what a room is stays, though its making is forgotten");
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    let last = append(&*log, say("ada", "lobby", 99, "next")).await;
    assert!(last > said[29]);
    let old = Retention { age: Some(Duration::from_secs(3600)), per_room: None };
    while log.prune(old).await.unwrap() {}
    assert_eq!(
        log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap().entries.len(),
        3,
        "nothing is an hour old"
    );
    let young = Retention { age: Some(Duration::ZERO), per_room: None };
    let begun = std::time::Instant::now();
    loop {
        // Every entry is too old as soon as a millisecond has passed; the last entry always stays.
        while log.prune(young).await.unwrap() {}
        let left = left(&*log).await;
        if left == [last] {
            break;
        }
        assert!(begun.elapsed().as_secs() < 60, "still there: {left:?}");
    }
}

pub(crate) async fn retention_removes_a_message_before_its_changes(log: Arc<dyn Log>) {
    let changes: [fn(Seq) -> Draft; 3] = [
        |target| edit("ada", target, "changed"),
        |target| draft("ada", "lobby", DraftKind::Delete { target }),
        |target| react("bob", target, true),
    ];
    let mut first = None;
    for (n, change) in changes.into_iter().enumerate() {
        let target = append(&*log, say("ada", "lobby", n as u128 * 10, "old")).await;
        first.get_or_insert(target);
        let change = append(&*log, change(target)).await;
        let last = append(&*log, say("ada", "lobby", n as u128 * 10 + 1, "new")).await;
        // The cut lies between the message and its change.
        prune(&*log, "2/room").await;
        assert_eq!(left(&*log).await, [change, last], "change {n}");
        let page = log.page(EVERY_ROOM, room("lobby"), None, 10, None).await.unwrap();
        assert_eq!(page.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [last]);
    }
    let late = log.append(edit("ada", first.unwrap(), "too late")).await;
    assert!(late.is_err(), "a message that was forgotten cannot be changed");
    // The changes go when they are due themselves, and block nothing.
    prune(&*log, "1/room").await;
    assert_eq!(left(&*log).await.len(), 1);
}

pub(crate) async fn retention_continues_across_chunks(log: Arc<dyn Log>) {
    // Together with the lobby's entry, as many entries as one call removes, minus two.
    let pending: Vec<_> = (0..1_997).map(|n| log.append(say("ada", "lobby", n, "x"))).collect();
    futures_util::future::join_all(pending).await;
    let [.., a, b, c, d] = left(&*log).await[..] else { panic!("too few") };
    let pending: Vec<_> = (0..8).map(|n| log.append(react(&format!("p{n}"), a, true))).collect();
    futures_util::future::join_all(pending).await;
    append(&*log, edit("ada", b, "changed")).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target: c })).await;
    append(&*log, edit("ada", d, "changed")).await;
    append(&*log, react("p1", a, false)).await;
    let last = append(&*log, say("ada", "lobby", 5_000, "last")).await;
    let young = Retention { age: Some(Duration::ZERO), per_room: None };
    let begun = std::time::Instant::now();
    // Every entry is too old as soon as a millisecond has passed; the last entry always stays.
    while left(&*log).await != [last] {
        while log.prune(young).await.unwrap() {}
        assert!(begun.elapsed().as_secs() < 60, "still there: {:?}", left(&*log).await);
    }
    assert_eq!(log.page(EVERY_ROOM, room("lobby"), None, 10, None).await.unwrap().messages.len(), 1);
}

pub(crate) async fn retention_cuts_each_room_separately(log: Arc<dyn Log>) {
    for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
        append(&*log, make(name, None)).await;
        let first = append(&*log, say("ada", name, n as u128, "first")).await;
        for more in 0..n {
            append(&*log, say("ada", name, 100 + (n * 10 + more) as u128, "more")).await;
        }
        let kind = DraftKind::Edit { target: first, text: "changed".parse().unwrap() };
        append(&*log, draft("ada", name, kind)).await;
        append(&*log, say("ada", name, 200 + n as u128, "last")).await;
    }
    prune(&*log, "2/room").await;
    for name in ["a", "b", "c"] {
        let chunk = log.read(EVERY_ROOM, named(&[name]), Seq::START).await.unwrap();
        assert_eq!(chunk.entries.len(), 2, "{name}: {:?}", seqs(&chunk));
        assert!(chunk.forgotten < chunk.entries[0].seq && chunk.forgotten > Seq::START);
        let page = log.page(EVERY_ROOM, room(name), None, 10, None).await.unwrap();
        assert_eq!(page.messages.len(), 1, "{name}: the message that was edited is gone, the edit is not");
    }
}

pub(crate) async fn deletion_removes_texts_of_entries_that_stay(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "first")).await;
    append(&*log, edit("ada", target, "second")).await;
    append(&*log, edit("ada", target, "third")).await;
    append(&*log, react("bob", target, true)).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
    append(&*log, say("ada", "lobby", 2, "last")).await;
    prune(&*log, "4/room").await;
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    let all: String = chunk.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(!["first", "second", "third"].iter().any(|text| all.contains(text)), "{all}");
    assert_eq!(chunk.entries.len(), 4);
}

/// Follows from where the log is, and collects the cuts that are told.
async fn cuts(log: &dyn Log) -> Arc<Mutex<Vec<RoomCut>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let told_cuts = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| {
        if let LogEvent::Pruned(cuts) = event {
            told_cuts.lock().extend_from_slice(cuts);
        }
    });
    log.follow(log.head(), follower).await.unwrap();
    told
}

pub(crate) async fn cuts_are_told(log: Arc<dyn Log>) {
    let told = cuts(&*log).await;
    for n in 0..5 {
        append(&*log, say("ada", "lobby", n, "x")).await;
        append(&*log, make("tea", Some(&format!("{n}")))).await;
    }
    prune(&*log, "6/room").await;
    assert!(told.lock().is_empty(), "nothing was removed");
    prune(&*log, "2/room").await;
    for name in ["lobby", "tea"] {
        let forgotten = log.read(EVERY_ROOM, named(&[name]), Seq::START).await.unwrap().forgotten;
        let told = told.lock();
        let cut = told.iter().filter(|cut| cut.room == room(name)).map(|cut| cut.upto).max();
        assert_eq!(cut, Some(forgotten), "{name}");
    }
}

pub(crate) async fn cuts_of_a_room_that_expires_in_portions_are_told(log: Arc<dyn Log>) {
    let told = cuts(&*log).await;
    let topics: Vec<_> = (0..2_010).map(|n| log.append(make("tea", Some(&format!("{n}"))))).collect();
    futures_util::future::join_all(topics).await;
    append(&*log, say("ada", "lobby", 1, "so that it is not the last entry")).await;
    let nobody = Arc::new(|_: &RoomName| false);
    let begun = std::time::Instant::now();
    while told.lock().is_empty() {
        log.expire_rooms(Duration::ZERO, nobody.clone()).await.unwrap();
        assert!(begun.elapsed().as_secs() < 60, "nothing is told");
    }
    let forgotten = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap().forgotten;
    assert!(told.lock()[0].upto <= forgotten && told.lock()[0].room == room("tea"));
}
