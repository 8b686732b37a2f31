//! Retention removes entries, whatever edits, deletions and reactions refer to them.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{RoomSelection, Seq};

use super::{append, draft, left, make, named, room, say, seqs};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::Log;
use crate::log::retention::Retention;

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

pub(crate) async fn forgets_a_message_whose_changes_stay(log: Arc<dyn Log>) {
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
        let page = log.page(room("lobby"), None, 10, None).await.unwrap();
        assert_eq!(page.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [last]);
    }
    let late = log.append(edit("ada", first.unwrap(), "too late")).await;
    assert!(late.is_err(), "a message that was forgotten cannot be changed");
    // The changes go when they are due themselves, and block nothing.
    prune(&*log, "1/room").await;
    assert_eq!(left(&*log).await.len(), 1);
}

pub(crate) async fn forgets_across_the_end_of_a_chunk(log: Arc<dyn Log>) {
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
    assert_eq!(log.page(room("lobby"), None, 10, None).await.unwrap().messages.len(), 1);
}

pub(crate) async fn forgets_in_each_room_by_its_own_cut(log: Arc<dyn Log>) {
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
        let chunk = log.read(named(&[name]), Seq::START).await.unwrap();
        assert_eq!(chunk.entries.len(), 2, "{name}: {:?}", seqs(&chunk));
        assert!(chunk.forgotten < chunk.entries[0].seq && chunk.forgotten > Seq::START);
        let page = log.page(room(name), None, 10, None).await.unwrap();
        assert_eq!(page.messages.len(), 1, "{name}: the message that was edited is gone, the edit is not");
    }
}

pub(crate) async fn forgets_what_was_said_in_entries_that_stay(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "first")).await;
    append(&*log, edit("ada", target, "second")).await;
    append(&*log, edit("ada", target, "third")).await;
    append(&*log, react("bob", target, true)).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
    append(&*log, say("ada", "lobby", 2, "last")).await;
    prune(&*log, "4/room").await;
    let chunk = log.read(RoomSelection::All, Seq::START).await.unwrap();
    let all: String = chunk.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(!["first", "second", "third"].iter().any(|text| all.contains(text)), "{all}");
    assert_eq!(chunk.entries.len(), 4);
}
