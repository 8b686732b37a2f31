//! Polls of tasks: their answers, what they share, and that they leave nothing behind.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use holdline_shared::{After, Batch, Cursor, EntryKind, RoomName, RoomSelection};
use tokio::time::Instant;

use crate::hub::polls::CROWDED_WAIT;
use crate::hub::{Answer, Hub, HubConfig, PollError};
use crate::log::{Draft, MemoryLog};
use crate::scope::{EVERY_ROOM, Scope};

const LONG: Duration = Duration::from_secs(100);

async fn hub_with(config: HubConfig) -> Arc<Hub> {
    Hub::open_with(Arc::new(MemoryLog::new()), config).await.unwrap()
}

fn named(rooms: &[&str]) -> RoomSelection {
    RoomSelection::Named(rooms.iter().map(|room| room.parse().unwrap()).collect())
}

fn cursor(hub: &Hub) -> Cursor {
    hub.rooms(EVERY_ROOM).cursor
}

async fn say(hub: &Hub, room: &str, text: &str) {
    let author = holdline_shared::Person::stdin();
    hub.publish(Draft::say(author, room.parse().unwrap(), text.parse().unwrap())).await.unwrap();
}

fn texts(answer: &Answer) -> Vec<String> {
    let batch: Batch = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(batch.cursor, answer.cursor);
    assert_eq!(batch.entries.is_empty(), answer.is_empty);
    let text = |kind| match kind {
        EntryKind::Message { text, .. } => text.map(String::from),
        _ => None,
    };
    batch.entries.into_iter().filter_map(|entry| text(entry.kind)).collect()
}

#[tokio::test(start_paused = true)]
async fn poll_hears_what_was_said_before_and_meanwhile() {
    let hub = hub_with(HubConfig::default()).await;
    let lobby = named(&["lobby"]);
    let after = After::At(cursor(&hub));
    say(&hub, "lobby", "before").await;
    assert_eq!(texts(&hub.poll(EVERY_ROOM, &lobby, after, LONG, None).await.unwrap()), ["before"]);
    let scope = Scope::of_every_room();
    let waits = hub.poll(&scope, &lobby, After::Now, LONG, None);
    let (heard, ()) = tokio::join!(waits, say(&hub, "lobby", "while"));
    assert_eq!(texts(&heard.unwrap()), ["while"]);
}

#[tokio::test(start_paused = true)]
async fn poll_ends_empty_when_time_is_up() {
    let hub = hub_with(HubConfig { max_wait: Duration::from_secs(40), ..HubConfig::default() }).await;
    for (asked, granted) in [(0, 0), (7, 7), (40, 40), (4_000_000, 40)] {
        let start = Instant::now();
        let wait = Duration::from_secs(asked);
        let answer = hub.poll(EVERY_ROOM, &named(&["lobby"]), After::Now, wait, None).await.unwrap();
        // tokio's clock has a resolution of milliseconds.
        assert_eq!(start.elapsed().as_secs(), granted);
        assert!(answer.is_empty && answer.cursor == cursor(&hub));
    }
}

#[tokio::test]
async fn polls_of_one_cursor_share_one_buffer() {
    let hub = hub_with(HubConfig::default()).await;
    let lobby = named(&["lobby"]);
    let after = After::At(cursor(&hub));
    let waiting = (0..10).map(|_| hub.poll(EVERY_ROOM, &lobby, after, LONG, None));
    let (answers, ()) = tokio::join!(join_all(waiting), say(&hub, "lobby", "hello"));
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| answer.body.as_ptr() == answers[0].body.as_ptr()));
    // A later poll from the same position gets the answer too; a poll from another position does not.
    let late = hub.poll(EVERY_ROOM, &lobby, after, LONG, None).await.unwrap();
    assert_eq!(late.body.as_ptr(), answers[0].body.as_ptr());
    let all = hub.poll(EVERY_ROOM, &lobby, After::Start, LONG, None).await.unwrap();
    assert_ne!(all.body, late.body);
    say(&hub, "lobby", "again").await;
    let more = hub.poll(EVERY_ROOM, &lobby, after, LONG, None).await.unwrap();
    assert_eq!(texts(&more), ["hello", "again"]);
}

#[tokio::test]
async fn reads_the_log_when_nothing_is_cached() {
    let hub = hub_with(HubConfig { recent_bytes: 0, ..HubConfig::default() }).await;
    let after = After::At(cursor(&hub));
    for rooms in [named(&["lobby"]), RoomSelection::All] {
        let said = format!("in {rooms:?}");
        let waits = hub.poll(EVERY_ROOM, &rooms, After::Now, LONG, None);
        let (heard, ()) = tokio::join!(waits, say(&hub, "lobby", &said));
        assert_eq!(texts(&heard.unwrap()), [said]);
    }
    assert_eq!(texts(&hub.poll(EVERY_ROOM, &named(&["lobby"]), after, LONG, None).await.unwrap()).len(), 2);
    assert_eq!(hub.state.cache.lock().bytes(), 0);
}

#[tokio::test]
async fn cache_stays_within_its_limit() {
    let hub = hub_with(HubConfig { recent_bytes: 2_000, ..HubConfig::default() }).await;
    let after = After::At(cursor(&hub));
    for n in 0..100 {
        say(&hub, if n % 2 == 0 { "lobby" } else { "tea" }, &format!("message {n}")).await;
        assert!(hub.state.cache.lock().bytes() <= 2_000);
    }
    let heard = hub.poll(EVERY_ROOM, &named(&["lobby", "tea"]), after, LONG, None).await.unwrap();
    assert_eq!(texts(&heard).len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_of_several_rooms_hear_one_order() {
    const EACH: usize = 200;
    let hub = hub_with(HubConfig { recent_bytes: 20_000, ..HubConfig::default() }).await;
    let rooms = ["lobby", "tea", "cocoa"];
    for room in rooms {
        say(&hub, room, "open").await;
    }
    let after = cursor(&hub);
    let speaking = rooms.map(|room| {
        let hub = hub.clone();
        tokio::spawn(async move {
            for n in 0..EACH {
                say(&hub, room, &format!("{room} {n}")).await;
            }
        })
    });
    let listening = [named(&rooms), RoomSelection::All, named(&["tea", "lobby", "cocoa"])].map(|rooms| {
        let hub = hub.clone();
        tokio::spawn(async move {
            let (mut cursor, mut heard) = (after, Vec::new());
            while heard.len() < 3 * EACH {
                let answer = hub.poll(EVERY_ROOM, &rooms, After::At(cursor), LONG, None).await.unwrap();
                cursor = answer.cursor;
                heard.extend(texts(&answer));
            }
            heard
        })
    });
    for speaker in speaking {
        speaker.await.unwrap();
    }
    let mut heard = Vec::new();
    for listener in listening {
        heard.push(listener.await.unwrap());
    }
    assert!(heard.iter().all(|each| *each == heard[0]));
    for room in rooms {
        let own: Vec<_> = heard[0].iter().filter(|text| text.starts_with(room)).collect();
        assert_eq!(
            own,
            (0..EACH).map(|n| format!("{room} {n}")).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn dropped_poll_leaves_nothing_behind() {
    let hub = hub_with(HubConfig::default()).await;
    say(&hub, "tea", "open").await;
    let rooms = named(&["lobby", "tea"]);
    let person = holdline_shared::Person::stdin();
    let unmade: RoomName = "nowhere".parse().unwrap();
    {
        let tag = format!("{:016x}", hub.enter(EVERY_ROOM, &person, &[RoomName::lobby()], None).update().tag);
        let presence = hub.enter(EVERY_ROOM, &person, &[RoomName::lobby()], Some(&tag));
        let mut poll = pin!(hub.poll(EVERY_ROOM, &rooms, After::Now, LONG, Some(presence)));
        let mut next = pin!(hub.next_message(EVERY_ROOM, &unmade, After::Now, None));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            assert!(poll.as_mut().poll(&mut context).is_pending());
            assert!(next.as_mut().poll(&mut context).is_pending());
        }
        assert_eq!((hub.held(), watchers(&hub)), (2, 3), "each once, however often it looks");
    }
    assert_eq!((hub.held(), watchers(&hub)), (0, 0));
}

fn watchers(hub: &Hub) -> usize {
    let rooms = hub.state.rooms.all();
    rooms.iter().map(|room| room.feed().watchers()).sum::<usize>() + hub.state.all_rooms().watchers()
}

#[tokio::test]
async fn closed_hub_answers_at_once_with_what_there_is() {
    let hub = hub_with(HubConfig::default()).await;
    let lobby = named(&["lobby"]);
    let after = After::At(cursor(&hub));
    let waits = hub.poll(EVERY_ROOM, &lobby, After::Now, LONG, None);
    let (empty, ()) = tokio::join!(waits, async { hub.close() });
    assert!(empty.unwrap().is_empty);
    say(&hub, "lobby", "the last word").await;
    assert_eq!(texts(&hub.poll(EVERY_ROOM, &lobby, after, LONG, None).await.unwrap()), ["the last word"]);
    assert!(hub.poll(EVERY_ROOM, &lobby, After::Now, LONG, None).await.unwrap().is_empty);
    assert_eq!(hub.next_message(EVERY_ROOM, &RoomName::lobby(), After::Now, None).await.unwrap().text, None);
}

#[tokio::test(start_paused = true)]
async fn poll_of_a_full_server_is_counted_once() {
    let hub = hub_with(HubConfig { max_held: 1, ..HubConfig::default() }).await;
    let shortened = || hub.metrics().value("holdline_polls_shortened_total");
    let lobby = named(&["lobby"]);
    let mut held = pin!(hub.poll(EVERY_ROOM, &lobby, After::Now, LONG, None));
    assert!(held.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(shortened(), 0);
    // A wait without a limit is renewed repeatedly.
    let room: RoomName = "lobby".parse().unwrap();
    let endless = hub.next_message(EVERY_ROOM, &room, After::Now, None);
    assert!(tokio::time::timeout(5 * CROWDED_WAIT, endless).await.is_err());
    assert_eq!(shortened(), 1);
    assert!(hub.poll(EVERY_ROOM, &lobby, After::Now, LONG, None).await.unwrap().is_empty);
    assert_eq!(shortened(), 2);
    // These polls are not held, or for no shorter time than they asked for.
    say(&hub, "lobby", "hello").await;
    assert!(!hub.poll(EVERY_ROOM, &lobby, After::Start, LONG, None).await.unwrap().is_empty);
    for wait in [Duration::ZERO, CROWDED_WAIT] {
        hub.poll(EVERY_ROOM, &lobby, After::Now, wait, None).await.unwrap();
    }
    assert_eq!(shortened(), 2);
}

#[tokio::test]
async fn appended_entries_are_counted() {
    let hub = hub_with(HubConfig::default()).await;
    let before = hub.metrics().value("holdline_entries_total");
    // The room, and the message in it.
    say(&hub, "new", "hello").await;
    say(&hub, "new", "hello").await;
    let author = holdline_shared::Person::stdin();
    let made = Draft { author, room: "other".parse().unwrap(), kind: crate::log::DraftKind::room() };
    hub.publish(made).await.unwrap();
    let visible = hub.poll(EVERY_ROOM, &RoomSelection::All, After::Start, LONG, None).await.unwrap();
    let batch: Batch = serde_json::from_slice(&visible.body).unwrap();
    assert_eq!(hub.metrics().value("holdline_entries_total") - before, 4, "{:?}", batch.entries);
}

#[tokio::test]
async fn task_that_polls_again_at_once_hears_that_the_room_is_gone() {
    let (hub, rooms) = (hub_with(HubConfig::default()).await, named(&["tea"]));
    say(&hub, "tea", "hello").await;
    let held = tokio::spawn({
        let (hub, rooms) = (hub.clone(), rooms.clone());
        async move { hub.poll(EVERY_ROOM, &rooms, After::Now, LONG, None).await }
    });
    while hub.held() == 0 {
        tokio::task::yield_now().await;
    }
    hub.state.on_rooms_expired(&["tea".parse().unwrap()], hub.head());
    // The held poll's list is passed by another task, as soon as this one lets it.
    for _ in 0..100 {
        match hub.poll(EVERY_ROOM, &rooms, After::Now, LONG, None).await {
            Ok(answer) => assert!(answer.is_empty),
            Err(error) => {
                assert!(matches!(error, PollError::UnknownRoom(_)), "{error}");
                assert!(held.await.unwrap().unwrap().is_empty);
                return;
            }
        }
    }
    panic!("a hundred empty answers");
}
