//! Presence: tags of content, shared answers, leases.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use holdline_shared::{After, Batch, Person, PersonId, Presence, RoomSelection};

use super::names;
use crate::hub::{Answer, Hub, HubConfig};
use crate::log::{Draft, DraftKind, MemoryLog};
use crate::scope::Scope;

const EVERY_ROOM: &Scope = &Scope::of_every_room();

const LONG: Duration = Duration::from_secs(100);

async fn hub() -> Arc<Hub> {
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), HubConfig::default()).await.unwrap();
    for room in names(&["a", "b"]) {
        let kind = DraftKind::room();
        hub.publish(Draft { author: Person::stdin(), room, kind }).await.unwrap();
    }
    hub
}

fn person(id: &str) -> Person {
    Person { id: PersonId::parse(id).unwrap(), name: id.parse().unwrap() }
}

fn presence(answer: &Answer) -> Option<Presence> {
    serde_json::from_slice::<Batch>(&answer.body).unwrap().presence
}

/// The presence that this person, who is in these rooms, is told at once.
async fn told(hub: &Hub, who: &str, rooms: &[&str], known: Option<&String>) -> Option<Presence> {
    let lease = hub.enter(EVERY_ROOM, &person(who), &names(rooms), known);
    let room = RoomSelection::Named(names(&["a"]));
    presence(&hub.poll(EVERY_ROOM, &room, After::Now, Duration::ZERO, Some(lease)).await.unwrap())
}

/// Waits until every change is published.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(10)).await;
}

#[tokio::test(start_paused = true)]
async fn tag_names_the_same_people_on_every_server() {
    let (one, other) = (hub().await, hub().await);
    let _leases = [(&one, "ada"), (&one, "bob"), (&other, "bob"), (&other, "ada")]
        .map(|(hub, who)| hub.enter(EVERY_ROOM, &person(who), &names(&["a", "b"]), None));
    settle().await;
    for rooms in [&["a"][..], &["b"], &["a", "b"]] {
        let tag = told(&one, "ada", rooms, None).await.unwrap().tag;
        assert_eq!(told(&other, "bob", rooms, None).await.unwrap().tag, tag, "{rooms:?}");
        assert_eq!(told(&other, "bob", rooms, Some(&tag)).await, None, "no poll is answered in vain");
    }
    let tag = told(&one, "ada", &["a"], None).await.unwrap().tag;
    let elsewhere = told(&one, "ada", &["b"], Some(&tag)).await;
    assert!(elsewhere.is_some(), "the same people in another room are something else");
    one.leave(&person("bob").id);
    settle().await;
    assert_eq!(told(&one, "ada", &["a"], Some(&tag)).await.unwrap().rooms[&names(&["a"])[0]].count, 1);
}

#[tokio::test(start_paused = true)]
async fn polls_that_are_told_the_same_presence_share_one_buffer() {
    let hub = hub().await;
    let room = RoomSelection::Named(names(&["a"]));
    let _bob = hub.enter(EVERY_ROOM, &person("bob"), &names(&["a"]), None);
    let tags = join_all((0..10).map(|n| {
        let hub = hub.clone();
        async move {
            let who = format!("p{n}");
            settle().await;
            told(&hub, &who, &["a"], None).await.unwrap();
            settle().await;
            (told(&hub, &who, &["a"], None).await.unwrap().tag, who)
        }
    }));
    let people = tags.await;
    let held = people.iter().map(|(tag, who)| {
        let lease = hub.enter(EVERY_ROOM, &person(who), &names(&["a"]), Some(tag));
        hub.poll(EVERY_ROOM, &room, After::Now, LONG, Some(lease))
    });
    let (answers, ()) = tokio::join!(join_all(held), async { hub.leave(&person("bob").id) });
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(presence(&answers[0]).unwrap().rooms[&names(&["a"])[0]].count, 10, "without Bob");
    assert!(answers.iter().all(|answer| answer.body.as_ptr() == answers[0].body.as_ptr()));
}

#[tokio::test(start_paused = true)]
async fn presence_in_another_room_ends_a_hold() {
    let hub = hub().await;
    for rooms in
        [RoomSelection::All, RoomSelection::Named(names(&["a"])), RoomSelection::Named(names(&["a", "b"]))]
    {
        settle().await;
        let known = told(&hub, "ada", &["b"], None).await.unwrap();
        assert!(!known.rooms.contains_key(&names(&["a"])[0]));
        let lease = hub.enter(EVERY_ROOM, &person("ada"), &names(&["b"]), None);
        settle().await;
        let tag = told(&hub, "ada", &["b"], None).await.unwrap().tag;
        drop(lease);
        let lease = hub.enter(EVERY_ROOM, &person("ada"), &names(&["b"]), Some(&tag));
        let held = hub.poll(EVERY_ROOM, &rooms, After::Now, LONG, Some(lease));
        let (answer, bob) =
            tokio::join!(held, async { hub.enter(EVERY_ROOM, &person("bob"), &names(&["b"]), None) });
        assert_eq!(presence(&answer.unwrap()).unwrap().rooms[&names(&["b"])[0]].count, 2);
        drop(bob);
        hub.leave(&person("bob").id);
    }
}

#[tokio::test(start_paused = true)]
async fn room_without_people_is_not_looked_after() {
    let hub = hub().await;
    let lease = hub.enter(EVERY_ROOM, &person("ada"), &names(&["a"]), None);
    let stays = hub.enter(EVERY_ROOM, &person("ada"), &names(&["b"]), None);
    settle().await;
    assert_eq!(hub.state.presence.occupied(), 2);
    drop(lease);
    tokio::time::sleep(hub.config().grace * 2).await;
    assert_eq!(hub.state.presence.occupied(), 1);
    let here: Vec<usize> = hub.rooms(EVERY_ROOM).rooms.iter().map(|room| room.here).collect();
    assert_eq!(here, [1, 0, 0], "newest room first");
    drop(stays);
}
