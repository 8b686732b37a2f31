//! The hub's cache: redaction, eviction, and the order of the list of rooms.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::limits::ROOMS_LISTED;
use holdline_shared::{After, Cursor, MessageText, Person, RoomName, RoomSelection, Seq};

use super::{names, publish};
use crate::access::AccessChange;
use crate::hub::{Hub, HubConfig, PollError};
use crate::log::{Draft, DraftKind, MemoryLog, Outcome};
use crate::scope::Scope;

#[tokio::test]
async fn deleting_redacts_message_and_its_edits_alone() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let lobby = RoomName::lobby();
    let target = publish(&hub, &lobby).await;
    let change = async |kind| {
        let draft = Draft { author: Person::stdin(), room: lobby.clone(), kind };
        let Ok(Outcome::Appended(entry)) = hub.publish(draft).await else { panic!() };
        entry.seq
    };
    let edit = |text: &str| DraftKind::Edit { target, text: text.parse().unwrap() };
    let mut edits = Vec::new();
    for n in 0..3 {
        edits.push(change(edit(&format!("secret {n}"))).await);
        for _ in 0..100 {
            publish(&hub, &lobby).await;
        }
    }
    let room = hub.state.rooms.find(&lobby).unwrap();
    let found: Vec<Seq> = room.message_and_edits(target).iter().map(|entry| entry.seq).collect();
    assert_eq!(found, [&[target][..], &edits[..]].concat(), "four of three hundred");
    change(DraftKind::Delete { target }).await;
    let texts: Vec<Option<MessageText>> =
        room.message_and_edits(target).iter().map(|entry| entry.message_text().cloned()).collect();
    assert_eq!(texts, [None, None, None, None]);
    let rooms = RoomSelection::Named(vec![lobby.clone()]);
    let answer = hub.poll(&Scope::of_every_room(), &rooms, After::Start, Duration::ZERO, None).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
}

#[tokio::test]
async fn erased_name_leaves_the_cache() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let eve = Person { id: "eve".parse().unwrap(), name: "Recognisable".parse().unwrap() };
    let change = |change| Draft::access(eve.clone(), change);
    let joined = AccessChange::Joined { person: eve.clone(), is_bot: false, passphrase: None };
    hub.publish(change(joined)).await.unwrap();
    for text in ["one", "two"] {
        let said = Draft::say(eve.clone(), RoomName::lobby(), text.parse().unwrap());
        hub.publish(said).await.unwrap();
    }
    let rooms = [RoomSelection::Named(vec![RoomName::lobby()]), RoomSelection::All];
    let read = async |rooms: &RoomSelection| {
        let answer =
            hub.poll(&Scope::of_every_room(), rooms, After::Start, Duration::ZERO, None).await.unwrap();
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    assert!(read(&rooms[1]).await.contains("Recognisable"));
    hub.publish(change(AccessChange::Erased { person: eve.id.clone(), keep_messages: true })).await.unwrap();
    for rooms in &rooms {
        let body = read(rooms).await;
        assert!(!body.contains("Recognisable") && body.contains("one") && body.contains("two"), "{body}");
    }
}

#[tokio::test]
async fn room_that_is_deleted_and_made_anew_at_once_keeps_its_new_entries() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let tea: RoomName = "tea".parse().unwrap();
    let before = publish(&hub, &tea).await;
    let cursor = |seq| After::At(Cursor { epoch: hub.rooms(&Scope::of_every_room()).cursor.epoch, seq });
    let say = |text: &str| hub.publish(Draft::say(Person::stdin(), tea.clone(), text.parse().unwrap()));
    let deletion = AccessChange::RoomDeleted { room: tea.clone(), was_hidden: false };
    let deleted = hub.publish(Draft::access(Person::house(), deletion));
    let (deleted, one, two) = tokio::join!(deleted, say("one"), say("two"));
    let (Ok(Outcome::Appended(deleted)), Ok(_), Ok(_)) = (deleted, one, two) else { panic!() };
    let rooms = RoomSelection::Named(vec![tea.clone()]);
    let poll = async |after| hub.poll(&Scope::of_every_room(), &rooms, after, Duration::ZERO, None).await;
    let answer = poll(cursor(deleted.seq)).await.unwrap();
    let body = String::from_utf8_lossy(&answer.body);
    assert!(body.contains("one") && body.contains("two"), "{body}");
    let gap = poll(cursor(Seq(before.0 - 1))).await;
    assert!(matches!(gap, Err(PollError::Gap { .. })), "who read the old room is told: {gap:?}");
}

#[tokio::test]
async fn evicted_edits_leave_the_index() {
    let config = HubConfig { recent_bytes: 4_000, ..HubConfig::default() };
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), config).await.unwrap();
    let lobby = RoomName::lobby();
    let target = publish(&hub, &lobby).await;
    for n in 0..100 {
        let kind = DraftKind::Edit { target, text: format!("edit {n}").parse().unwrap() };
        hub.publish(Draft { author: Person::stdin(), room: lobby.clone(), kind }).await.unwrap();
    }
    let room = hub.state.rooms.find(&lobby).unwrap();
    let (recent, indexed) = (room.message_and_edits(target).len(), room.edits_indexed());
    assert_eq!(recent, indexed, "the message itself is not recent any more");
    assert!((1..50).contains(&recent), "{recent}");
}

#[tokio::test]
async fn list_goes_back_to_messages_that_are_left() {
    let config = HubConfig { recent_bytes: 0, ..HubConfig::default() };
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), config).await.unwrap();
    let lobby = RoomName::lobby();
    let listed = || hub.rooms(&Scope::of_every_room()).rooms[0].clone();
    let (first, second) = (publish(&hub, &lobby).await, publish(&hub, &lobby).await);
    assert_eq!(listed().said, second);
    let kind = DraftKind::Delete { target: second };
    hub.publish(Draft { author: Person::stdin(), room: lobby, kind }).await.unwrap();
    assert_eq!((listed().said, listed().head > second), (first, true), "no entry of them is cached");
    while hub.log().prune("1/room".parse().unwrap()).await.unwrap() {}
    assert_eq!(listed().said, Seq::START, "retention keeps the deletion alone");
}

#[tokio::test]
async fn pruned_entries_leave_the_cache() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let rooms = names(&["busy", "quiet"]);
    let kept = publish(&hub, &rooms[1]).await;
    let target = publish(&hub, &rooms[0]).await;
    let kind = DraftKind::Edit { target, text: "changed".parse().unwrap() };
    hub.publish(Draft { author: Person::stdin(), room: rooms[0].clone(), kind }).await.unwrap();
    let before = hub.state.cache.lock().bytes();
    let after = publish(&hub, &rooms[0]).await;
    let added = hub.state.cache.lock().bytes() - before;
    let poll = async |rooms: RoomSelection, after: Seq| {
        let after = After::At(Cursor { epoch: hub.log().epoch(), seq: after });
        hub.poll(&Scope::of_every_room(), &rooms, after, Duration::ZERO, None).await
    };
    let selections =
        [RoomSelection::Named(rooms[..1].to_vec()), RoomSelection::Named(rooms.clone()), RoomSelection::All];
    for rooms in &selections {
        poll(rooms.clone(), target).await.expect("an answer to share");
    }
    while hub.log().prune("1/room".parse().unwrap()).await.unwrap() {}
    for rooms in &selections {
        let reply = poll(rooms.clone(), target).await;
        assert!(matches!(reply, Err(PollError::Gap { .. })), "{rooms:?}: {reply:?}");
        assert!(poll(rooms.clone(), after).await.unwrap().is_empty);
    }
    let quiet = poll(RoomSelection::Named(rooms[1..].to_vec()), Seq(kept.0 - 1)).await.unwrap();
    assert!(!quiet.is_empty, "the other room has lost nothing");
    let busy = hub.state.rooms.find(&rooms[0]).unwrap();
    assert_eq!(busy.edits_indexed(), 0);
    let left = hub.state.cache.lock().bytes();
    assert!(left < before && left >= added, "{left} bytes of {before} and {added}");
}

#[tokio::test]
async fn entries_of_expired_rooms_leave_the_cache() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let before = Cursor { epoch: hub.log().epoch(), seq: hub.head() };
    let kind = DraftKind::room();
    hub.publish(Draft { author: Person::stdin(), room: names(&["empty"]).remove(0), kind }).await.unwrap();
    publish(&hub, &RoomName::lobby()).await;
    let nobody = Arc::new(|_: &RoomName| false);
    while hub.room_count() > 1 {
        hub.log().expire_rooms(Duration::ZERO, nobody.clone()).await.unwrap();
        tokio::task::yield_now().await;
    }
    let scope = Scope::of_every_room();
    let reply = hub.poll(&scope, &RoomSelection::All, After::At(before), Duration::ZERO, None).await;
    assert!(matches!(reply, Err(PollError::Gap { .. })), "{reply:?}");
}

#[tokio::test]
async fn rooms_are_listed_newest_first() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let rooms: Vec<RoomName> = (0..ROOMS_LISTED + 20).map(|n| format!("r{n}").parse().unwrap()).collect();
    for room in &rooms {
        publish(&hub, room).await;
    }
    let listed =
        || hub.rooms(&Scope::of_every_room()).rooms.into_iter().map(|room| room.name).collect::<Vec<_>>();
    let newest_first: Vec<_> = rooms.iter().rev().take(ROOMS_LISTED).cloned().collect();
    assert_eq!(listed(), newest_first);
    publish(&hub, &rooms[0]).await;
    publish(&hub, &rooms[7]).await;
    assert_eq!(listed()[..3], [rooms[7].clone(), rooms[0].clone(), newest_first[0].clone()]);
    hub.state.on_rooms_expired(&rooms[7..8], hub.head());
    assert_eq!((listed()[0].clone(), listed().len()), (rooms[0].clone(), ROOMS_LISTED), "the list fills up");
}
