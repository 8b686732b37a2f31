//! Rooms that nobody fills go, and say so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use holdline_shared::{RoomName, RoomSelection};
use parking_lot::Mutex;

use super::{append, make, named, room, say, seqs};
use crate::log::draft::Draft;
use crate::log::engine::{Log, LogEvent};
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

/// Lets everything expire that is a millisecond old and not one of these.
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

pub(crate) async fn empty_rooms_expire(log: Arc<dyn Log>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = told.clone();
    let start = log.head();
    let follower = Arc::new(move |event: LogEvent<'_>| match event {
        LogEvent::Appended(group) => {
            ear.lock().extend(group.iter().map(|entry| format!("{} in {}", entry.seq, entry.room)));
        }
        LogEvent::RoomsExpired { rooms, forgotten } => {
            ear.lock().extend(rooms.iter().map(|room| format!("{room} is gone, {forgotten}")));
        }
        LogEvent::Pruned(_) | LogEvent::Replaced { .. } => panic!("{event:?}"),
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
    // Nothing of an hour is over.
    append(&*log, make("young", None)).await;
    append(&*log, say("ada", "lobby", 4, "x")).await;
    let nobody = Arc::new(|_: &RoomName| false);
    assert!(!log.expire_rooms(Duration::from_secs(3600), nobody).await.unwrap());
    assert_eq!(names(&*log).await, ["full", "lobby", "young"]);
}

pub(crate) async fn a_room_made_again_says_what_was_forgotten(log: Arc<dyn Log>) {
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

pub(crate) async fn making_a_room_is_told_from_changing_it(log: Arc<dyn Log>) {
    let pending: Vec<_> = ["green", "black"].map(|topic| log.append(make("tea", Some(topic)))).into();
    let outcomes = futures_util::future::join_all(pending).await;
    assert!(matches!(&outcomes[..], [Ok(Outcome::Made(_)), Ok(Outcome::Appended(_))]), "{outcomes:?}");
    let said = log.append(Draft::say(super::person("ada"), room("coffee"), "x".parse().unwrap())).await;
    assert!(matches!(said, Ok(Outcome::Appended(_))), "a message is a message");
}
