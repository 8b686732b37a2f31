//! Rooms: their creation and topics, and the expiry of rooms without messages, of which followers are told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use holdline_shared::{RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use super::{append, draft, key, left, make, named, refusal, room, say, seqs};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Log, LogEvent};
use crate::log::error::{LogError, Refusal};
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

/// Expires every room that is a millisecond old and not in `in_use`.
async fn expire(log: &dyn Log, in_use: &'static [&'static str]) {
    let is_in_use = Arc::new(move |name: &RoomName| in_use.contains(&name.as_str()));
    while log.expire_rooms(Duration::ZERO, is_in_use.clone()).await.unwrap() {}
}

async fn names(log: &dyn Log) -> Vec<String> {
    let mut names: Vec<_> =
        log.rooms().await.unwrap().into_iter().map(|room| room.name.to_string()).collect();
    names.sort();
    names
}

async fn expire_until(log: &dyn Log, in_use: &'static [&'static str], expected: &[&str]) {
    let begun = Instant::now();
    while names(log).await != expected {
        expire(log, in_use).await;
        assert!(begun.elapsed().as_secs() < 60, "{:?} are there", names(log).await);
    }
}

pub(crate) async fn rooms_are_created_and_changed(log: Arc<dyn Log>) {
    let start = log.head();
    assert_eq!(refusal(&*log, say("ada", "tea", 1, "x")).await, Refusal::UnknownRoom);
    append(&*log, make("tea", None)).await;
    assert!(matches!(log.append(make("tea", None)).await, Ok(Outcome::Unchanged)));
    let changed = append(&*log, make("tea", Some("green"))).await;
    assert!(matches!(log.append(make("tea", Some("green"))).await, Ok(Outcome::Unchanged)));
    let makes =
        DraftKind::Message { key: key(5), text: "x".parse().unwrap(), reply_to: None, makes_room: true };
    let said = append(&*log, draft("ada", "coffee", makes)).await;
    let mut rooms = log.rooms().await.unwrap();
    rooms.sort_by(|a, b| a.name.cmp(&b.name));
    let heads: Vec<_> = rooms.iter().map(|r| (r.name.as_str(), r.head, r.topic.as_str())).collect();
    assert_eq!(heads, [("coffee", said, ""), ("lobby", start, ""), ("tea", changed, "green")]);
    assert_eq!(rooms.iter().map(|room| room.said).collect::<Vec<_>>(), [said, Seq::START, Seq::START]);
}

pub(crate) async fn newest_message_of_a_room_is_one_that_is_left(log: Arc<dyn Log>) {
    append(&*log, make("tea", None)).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let collected = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| {
        if let LogEvent::MessagesDeleted { newest } = event {
            collected.lock().extend_from_slice(newest);
        }
    });
    log.follow(log.head(), follower).await.unwrap();
    let mut said = Vec::new();
    for n in 0..3 {
        said.push(append(&*log, say("ada", "tea", n, "x")).await);
    }
    append(&*log, say("ada", "lobby", 3, "x")).await;
    for (target, newest) in [(said[1], said[2]), (said[2], said[0]), (said[0], Seq::START)] {
        append(&*log, draft("ada", "tea", DraftKind::Delete { target })).await;
        assert_eq!(told.lock().pop(), Some((room("tea"), newest)), "told before the answer");
        let tea = log.rooms().await.unwrap().into_iter().find(|r| r.name == room("tea")).unwrap();
        assert_eq!(tea.said, newest, "as after a restart");
    }
    assert!(told.lock().is_empty(), "once for each");
}

pub(crate) async fn rooms_are_created_and_filled_concurrently(log: Arc<dyn Log>) {
    let makes = |n| DraftKind::Message {
        key: key(n),
        text: "x".parse().unwrap(),
        reply_to: None,
        makes_room: n % 2 == 0,
    };
    let drafts = [
        draft("ada", "tea", makes(1)),
        draft("ada", "tea", makes(2)),
        draft("ada", "tea", makes(3)),
        draft("bob", "tea", DraftKind::Room { topic: Some("green".parse().unwrap()), policy: None }),
        draft("bob", "lobby", makes(4)),
        draft("bob", "tea", makes(5)),
    ];
    let pending: Vec<_> = drafts.into_iter().map(|draft| log.append(draft)).collect();
    let outcomes = futures_util::future::join_all(pending).await;
    assert!(matches!(outcomes[0], Err(LogError::Refused(Refusal::UnknownRoom))), "it was not there then");
    assert!(outcomes[1..].iter().all(|outcome| matches!(outcome, Ok(Outcome::Appended(_)))));
    let mut rooms = log.rooms().await.unwrap();
    rooms.sort_by(|a, b| a.name.cmp(&b.name));
    let heads: Vec<_> = rooms.iter().map(|r| (r.name.as_str(), r.head, r.topic.as_str())).collect();
    let all = left(&*log).await;
    let [.., lobby, tea] = all[..] else { panic!("{all:?}") };
    assert_eq!((all.len(), heads), (7, vec![("lobby", lobby, ""), ("tea", tea, "green")]));
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    assert_eq!(left(&*log).await, [lobby, tea], "all of them were counted");
}

pub(crate) async fn empty_rooms_expire(log: Arc<dyn Log>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let collected = told.clone();
    let start = log.head();
    let follower = Arc::new(move |event: LogEvent<'_>| match event {
        LogEvent::Appended(group) => {
            collected.lock().extend(group.iter().map(|entry| format!("{} in {}", entry.seq, entry.room)));
        }
        LogEvent::RoomsExpired { rooms, forgotten } => {
            collected.lock().extend(rooms.iter().map(|room| format!("{room} is gone, {forgotten}")));
        }
        _ => panic!("{event:?}"),
    });
    log.follow(start, follower).await.unwrap();
    let made = append(&*log, make("empty", None)).await;
    let changed = append(&*log, make("empty", Some("changed"))).await;
    let said = append(&*log, say("ada", "lobby", 1, "x")).await;
    expire_until(&*log, &[], &["lobby"]).await;
    let last = append(&*log, say("ada", "lobby", 2, "x")).await;
    let expected = [
        format!("{made} in empty"),
        format!("{changed} in empty"),
        format!("{said} in lobby"),
        format!("empty is gone, {changed}"),
        format!("{last} in lobby"),
    ];
    assert_eq!(*told.lock(), expected);
    let all = log.read(EVERY_ROOM, RoomSelection::All, start).await.unwrap();
    assert_eq!((seqs(&all), all.forgotten), (vec![said, last], changed), "who follows all rooms has a gap");
    assert!(log.append(say("ada", "empty", 3, "x")).await.is_err());
}

pub(crate) async fn rooms_in_use_or_with_messages_stay(log: Arc<dyn Log>) {
    for name in ["used", "full", "pruned", "last"] {
        append(&*log, make(name, None)).await;
    }
    append(&*log, say("ada", "full", 1, "x")).await;
    append(&*log, say("ada", "pruned", 2, "x")).await;
    append(&*log, make("pruned", Some("so that its message is not its last entry"))).await;
    append(&*log, make("last", Some("the log's last entry"))).await;
    expire_until(&*log, &["used"], &["full", "last", "lobby", "pruned", "used"]).await;
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    expire_until(&*log, &["used"], &["full", "last", "lobby", "used"]).await;
    append(&*log, say("ada", "lobby", 3, "x")).await;
    expire_until(&*log, &[], &["full", "lobby"]).await;
    // An hour has not passed for any room.
    append(&*log, make("young", None)).await;
    append(&*log, say("ada", "lobby", 4, "x")).await;
    let nobody = Arc::new(|_: &RoomName| false);
    assert!(!log.expire_rooms(Duration::from_secs(3600), nobody).await.unwrap());
    assert_eq!(names(&*log).await, ["full", "lobby", "young"]);
}

pub(crate) async fn recreated_room_reports_forgotten_entries(log: Arc<dyn Log>) {
    let start = log.head();
    let made = append(&*log, make("tea", Some("green"))).await;
    append(&*log, say("ada", "lobby", 1, "x")).await;
    expire_until(&*log, &[], &["lobby"]).await;
    let again = append(&*log, make("tea", None)).await;
    let tea = log.read(EVERY_ROOM, named(&["tea"]), start).await.unwrap();
    assert_eq!((seqs(&tea), tea.forgotten), (vec![again], made), "what it had before is missing");
    let topic = log.rooms().await.unwrap().into_iter().find(|r| r.name == room("tea")).unwrap().topic;
    assert_eq!(topic.as_str(), "", "it is another room");
}

pub(crate) async fn creation_of_a_room_differs_from_a_change(log: Arc<dyn Log>) {
    let pending: Vec<_> = ["green", "black"].map(|topic| log.append(make("tea", Some(topic)))).into();
    let outcomes = futures_util::future::join_all(pending).await;
    assert!(matches!(&outcomes[..], [Ok(Outcome::Made(_)), Ok(Outcome::Appended(_))]), "{outcomes:?}");
    let said = log.append(Draft::say(super::person("ada"), room("coffee"), "x".parse().unwrap())).await;
    assert!(matches!(said, Ok(Outcome::Appended(_))), "a message is a message");
}
