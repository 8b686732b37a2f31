//! Readers of some rooms: no read shows them another room, and one that is taken from them while a poll is held ends it.

mod sharing;

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use holdline_shared::{After, Batch, Cursor, Person, RoomName, RoomSelection, Seq};
use tokio::time::Instant;

use super::{names, publish};
use crate::hub::{Admitted, Begin, Completed, HeldPolls, Hub, HubConfig, PollError, PollRequest};
use crate::log::{Draft, DraftKind, MemoryLog, Outcome};
use crate::scope::tests::{AllowedFor, RoomsOnly};
use crate::scope::{EVERY_ROOM, Scope};

const LONG: Duration = Duration::from_secs(100);

/// A hub with the rooms `tea` and `secret`, a message in each, and the positions of these.
async fn hub_with(recent_bytes: usize) -> (Arc<Hub>, [Seq; 2]) {
    let config = HubConfig { recent_bytes, ..HubConfig::default() };
    let hub = Hub::open_with(Arc::new(MemoryLog::new()), config).await.unwrap();
    let rooms = names(&["tea", "secret"]);
    for room in &rooms {
        let draft = Draft { author: Person::house(), room: room.clone(), kind: DraftKind::room() };
        hub.publish(draft).await.unwrap();
    }
    let said = [publish(&hub, &rooms[0]).await, publish(&hub, &rooms[1]).await];
    (hub, said)
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn tea() -> Scope {
    RoomsOnly::new(&["tea", "later"]).scope()
}

fn named(rooms: &[&str]) -> RoomSelection {
    RoomSelection::Named(names(rooms))
}

fn at(hub: &Hub, seq: Seq) -> After {
    After::At(Cursor { epoch: hub.log().epoch(), seq })
}

fn rooms_in(body: &[u8]) -> Vec<String> {
    let batch: Batch = serde_json::from_slice(body).unwrap();
    batch.entries.iter().map(|entry| entry.room.to_string()).collect()
}

#[tokio::test]
async fn every_read_stays_within_its_scope() {
    for recent_bytes in [0, 1_000_000] {
        let (hub, [_, secret]) = hub_with(recent_bytes).await;
        let scope = &tea();
        // Somebody who may read everything was answered the same question before.
        for rooms in [RoomSelection::All, named(&["tea"])] {
            hub.poll(EVERY_ROOM, &rooms, at(&hub, Seq(1)), Duration::ZERO, None).await.unwrap();
        }
        let all = hub.poll(scope, &RoomSelection::All, at(&hub, Seq(1)), Duration::ZERO, None).await.unwrap();
        assert_eq!((rooms_in(&all.body), all.cursor.seq), (vec!["tea".to_owned(); 2], secret));
        let everything = hub.poll(EVERY_ROOM, &RoomSelection::All, at(&hub, Seq(1)), Duration::ZERO, None);
        assert_eq!(rooms_in(&everything.await.unwrap().body).len(), 4, "nobody is answered with less");
        let own = hub.poll(scope, &named(&["tea"]), at(&hub, Seq(1)), Duration::ZERO, None).await.unwrap();
        assert_eq!(rooms_in(&own.body).len(), 2);
        for rooms in [named(&["secret"]), named(&["tea", "secret"])] {
            let refused = hub.poll(scope, &rooms, After::Start, Duration::ZERO, None).await;
            assert!(matches!(refused, Err(PollError::UnknownRoom(name)) if name == room("secret")));
        }
        assert!(hub.history(scope, &room("secret"), None, 10, None).await.unwrap().is_err());
        assert!(hub.history(scope, &room("secret"), Some(secret.next()), 1, None).await.unwrap().is_err());
        assert_eq!(
            hub.history(scope, &room("tea"), None, 10, None).await.unwrap().unwrap().messages.len(),
            1
        );
        let listed: Vec<_> = hub.rooms(scope).rooms.into_iter().map(|room| room.name).collect();
        assert_eq!(listed, names(&["tea"]));
        let lease = hub.enter(scope, &Person::stdin(), &names(&["tea", "secret"]), None);
        let told = String::from_utf8_lossy(&lease.update().json).into_owned();
        assert!(told.contains("tea") && !told.contains("secret"), "{told}");
        assert_eq!(hub.rooms(EVERY_ROOM).rooms.iter().map(|room| room.here).sum::<usize>(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn next_message_of_a_room_beyond_the_scope_is_waited_for_in_vain() {
    let (hub, _) = hub_with(1_000_000).await;
    let scope = &tea();
    let secret = room("secret");
    // There is more in the room that may be read.
    let waits = hub.next_message(scope, &secret, at(&hub, Seq(1)), Some(LONG));
    let speaks = async {
        publish(&hub, &room("tea")).await;
        publish(&hub, &secret).await
    };
    let (next, said) = tokio::join!(waits, speaks);
    let next = next.unwrap();
    assert_eq!((next.text, next.cursor.seq), (None, said));
    // A room that may be read once it is made is waited for.
    let later = room("later");
    let waits = hub.next_message(scope, &later, After::Now, Some(LONG));
    let (next, said) = tokio::join!(waits, publish(&hub, &later));
    assert_eq!(next.unwrap().cursor.seq, said);
}

#[tokio::test(start_paused = true)]
async fn held_poll_of_all_rooms_sleeps_through_what_it_may_not_read() {
    for recent_bytes in [0, 1_000_000] {
        let (hub, [_, secret]) = hub_with(recent_bytes).await;
        let scope = &tea();
        let begun = Instant::now();
        let waits = hub.poll(scope, &RoomSelection::All, at(&hub, secret), LONG, None);
        let speaks = async {
            publish(&hub, &room("secret")).await;
            tokio::time::sleep(Duration::from_secs(5)).await;
            // Of a room that is made while the poll is held.
            publish(&hub, &room("later")).await
        };
        let (answer, _) = tokio::join!(waits, speaks);
        let heard = rooms_in(&answer.unwrap().body);
        assert_eq!(heard, ["later", "later"], "the room and the message");
        assert!(begun.elapsed() >= Duration::from_secs(5));
    }
}

#[tokio::test]
async fn held_polls_end_when_their_room_is_taken_away() {
    let (hub, [_, after]) = hub_with(1_000_000).await;
    let readers = RoomsOnly::new(&["lobby", "tea"]);
    let scope = readers.scope();
    let mut held: HeldPolls<&str> = hub.held_polls(Waker::noop().clone());
    let polls = [
        ("named", named(&["tea"]), false),
        ("several", named(&["lobby", "tea"]), false),
        ("all", RoomSelection::All, false),
        ("here", named(&["lobby"]), true),
    ];
    for (key, rooms, is_here) in &polls {
        let here = names(&["tea"]);
        let presence = is_here.then(|| hub.enter(&scope, &Person::stdin(), &here, None));
        let presence = presence.map(|lease| {
            let known = format!("{:016x}", lease.update().tag);
            hub.enter(&scope, &Person::stdin(), &here, Some(&known))
        });
        let epoch = hub.log().epoch();
        let admitted = Admitted { scope: scope.clone(), epoch, after, wait: LONG, is_shortened: false };
        let begun = held.begin(*key, PollRequest { rooms, admitted, presence }, Instant::now());
        assert!(matches!(begun, Ok(Begin::Held(_))), "{key}");
    }
    let shown = || hub.rooms(EVERY_ROOM).rooms.iter().map(|room| room.here).sum::<usize>();
    assert_eq!(shown(), 1);
    readers.revoke(&room("tea"));
    hub.scopes_changed(&named(&["tea"]));
    let mut ended = Vec::new();
    let mut take = |completed: Completed<&'static str>| {
        let (key, answer) = hub.answers().answer(completed);
        ended.push((key, answer.map(|answer| (answer.is_empty, answer.cursor.seq))));
    };
    held.deliver_ready(Instant::now(), &mut take);
    ended.sort_unstable_by_key(|(key, _)| *key);
    let [("here", Ok((true, reached))), ("named", Err(named)), ("several", Err(several))] = &ended[..] else {
        panic!("{ended:?}")
    };
    assert_eq!(*reached, after, "nothing is claimed");
    for error in [named, several] {
        assert!(matches!(error, PollError::UnknownRoom(name) if *name == room("tea")), "{error}");
    }
    // The poll of all rooms goes on, without that one.
    publish(&hub, &room("tea")).await;
    held.deliver_ready(Instant::now(), |_| panic!("nothing may be read"));
    publish(&hub, &RoomName::lobby()).await;
    let mut heard = Vec::new();
    held.deliver_ready(Instant::now(), |completed| {
        heard.extend(rooms_in(&hub.answers().answer(completed).1.unwrap().body));
    });
    assert_eq!(heard, ["lobby"]);
    assert_eq!(hub.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn presence_ends_with_the_right_to_read() {
    let (hub, [_, after]) = hub_with(1_000_000).await;
    let (tea, readers) = (room("tea"), RoomsOnly::new(&["tea"]));
    let (scope, here) = (readers.scope(), named(&["tea"]));
    let lease = hub.enter(&scope, &Person::stdin(), std::slice::from_ref(&tea), None);
    let known = format!("{:016x}", lease.update().tag);
    let lease = hub.enter(&scope, &Person::stdin(), std::slice::from_ref(&tea), Some(&known));
    let begun = Instant::now();
    let waits = hub.poll(&scope, &here, at(&hub, after), LONG, Some(lease));
    let leaves = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        readers.revoke(&tea);
        hub.scopes_changed(&here);
    };
    let (ended, ()) = tokio::join!(waits, leaves);
    assert!(matches!(ended, Err(PollError::UnknownRoom(_))) && begun.elapsed() < LONG);
    let count = || hub.rooms(EVERY_ROOM).rooms.iter().map(|room| room.here).sum::<usize>();
    assert_eq!(count(), 0, "others are not shown the person for a grace");
    assert!(hub.enter(&scope, &Person::stdin(), &[tea], None).feeds().next().is_none());
}

#[tokio::test]
async fn hidden_entries_neither_end_a_hold_nor_are_looked_at_again() {
    // The cache has room for a few entries, so the position of the poll is not cached any more.
    let (hub, [_, after]) = hub_with(2_000).await;
    let (scope, secret) = (tea(), room("secret"));
    let mut held: HeldPolls<()> = hub.held_polls(Waker::noop().clone());
    let admitted = Admitted { scope, epoch: hub.log().epoch(), after, wait: LONG, is_shortened: false };
    for _ in 0..50 {
        publish(&hub, &secret).await;
    }
    let rooms = RoomSelection::All;
    let begun = held.begin((), PollRequest { rooms: &rooms, admitted, presence: None }, Instant::now());
    assert!(matches!(begun, Ok(Begin::Held(_))), "a read of the log would find nothing");
    for _ in 0..50 {
        publish(&hub, &secret).await;
        held.deliver_ready(Instant::now(), |_| panic!("nothing may be read"));
    }
    let said = publish(&hub, &room("tea")).await;
    let mut heard = Vec::new();
    held.deliver_ready(Instant::now(), |completed| {
        assert_eq!(completed.after, Seq(said.0 - 1), "the rest was passed over");
        heard.extend(rooms_in(&hub.answers().answer(completed).1.unwrap().body));
    });
    assert_eq!(heard, ["tea"]);
}

#[tokio::test]
async fn hub_has_no_reserved_room() {
    let (hub, [_, after]) = hub_with(1_000_000).await;
    let (reserved, count) = (RoomName::reserved_access(), hub.room_count());
    let draft = Draft::say(Person::house(), reserved.clone(), "hello".parse().unwrap());
    let Ok(Outcome::Appended(said)) = hub.publish(draft).await else { panic!("not appended") };
    let said = said.seq;
    assert_eq!(hub.head(), said, "the head moves");
    assert_eq!((hub.has_room(&reserved), hub.room_count()), (false, count));
    for rooms in [RoomSelection::All, RoomSelection::Named(vec![RoomName::lobby()])] {
        let answer = hub.poll(EVERY_ROOM, &rooms, at(&hub, after), Duration::ZERO, None).await.unwrap();
        assert!(answer.is_empty && answer.cursor.seq == said);
    }
    let named = RoomSelection::Named(vec![reserved.clone()]);
    let refused = hub.poll(EVERY_ROOM, &named, After::Start, Duration::ZERO, None).await;
    assert!(matches!(refused, Err(PollError::UnknownRoom(_))));
    assert!(hub.history(EVERY_ROOM, &reserved, None, 10, None).await.unwrap().is_err());
    assert!(hub.rooms(EVERY_ROOM).rooms.iter().all(|listed| listed.name != reserved));
}

#[tokio::test]
async fn right_that_ends_during_a_look_ends_the_answer() {
    let (hub, [said, _]) = hub_with(1_000_000).await;
    let (tea, scope_for) = (room("tea"), |looks| AllowedFor::new(looks).scope());
    // Before the read of the page, within the read, and after it.
    for looks in 0..3 {
        assert!(hub.history(&scope_for(looks), &tea, None, 10, None).await.unwrap().is_err(), "{looks}");
    }
    assert_eq!(hub.history(&scope_for(3), &tea, None, 10, None).await.unwrap().unwrap().messages.len(), 1);
    for (looks, shown) in [(0, 0), (3, 0), (6, 3)] {
        assert_eq!(hub.rooms(&scope_for(looks)).rooms.len(), shown, "{looks}");
    }
    let before = at(&hub, Seq(said.0 - 1));
    for (looks, is_shown) in [(0, false), (1, false), (2, true)] {
        let next = hub.next_message(&scope_for(looks), &tea, before, Some(Duration::ZERO)).await.unwrap();
        assert_eq!(next.text.is_some(), is_shown, "{looks}");
    }
}
