//! A log on a journal that misbehaves as far as the contract of journals permits: records are delivered late,
//! in bursts, more than once, and among foreign records. The log passes the whole contract of engines.

mod unruly_journal;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use holdline_shared::{After, Message, Person, PublishKey, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use self::unruly_journal::{Foreign, UnrulyJournal};
use super::*;
use crate::access::AccessChange;
use crate::hub::{Hub, PollError};
use crate::log::draft::DraftKind;
use crate::log::engine::LogEvent;
use crate::scope::EVERY_ROOM;

async fn unruly(seed: u64) -> JournaledLog<UnrulyJournal> {
    JournaledLog::open(UnrulyJournal::new(seed, Foreign::Refused)).await.unwrap()
}

crate::log::contract::suite!(|dir| unruly(7).await);

fn say(author: &str, room: &str, text: &str) -> Draft {
    let author = Person { id: author.parse().unwrap(), name: author.parse().unwrap() };
    Draft::say(author, room.parse().unwrap(), text.parse().unwrap())
}

fn foreign(draft: Draft) -> Record {
    Record::of_draft(draft, false).remove(0)
}

/// Everything that readers can see of a log: its entries, and each room's messages.
async fn all_of(log: &dyn Log) -> (Vec<String>, BTreeMap<RoomName, Vec<Message>>) {
    let (mut entries, mut after) = (Vec::new(), Seq::START);
    loop {
        let chunk = log.read(EVERY_ROOM, RoomSelection::All, after).await.unwrap();
        if chunk.entries.is_empty() {
            break;
        }
        entries.extend(chunk.entries.iter().map(|entry| String::from_utf8_lossy(&entry.json).into_owned()));
        after = chunk.upto;
    }
    let mut pages = BTreeMap::new();
    for room in log.rooms().await.unwrap() {
        entries.push(format!("{room:?}"));
        let page = log.page(EVERY_ROOM, room.name.clone(), None, 10_000, None).await.unwrap();
        pages.insert(room.name, page.messages);
    }
    (entries, pages)
}

#[tokio::test]
async fn foreign_records_reach_a_poll() {
    let journal = UnrulyJournal::new(1, Foreign::Refused);
    let log = JournaledLog::open(journal.clone()).await.unwrap();
    let hub = Hub::open(Arc::new(log)).await.unwrap();
    let lobby = RoomSelection::Named(vec![RoomName::lobby()]);
    let polled = hub.poll(EVERY_ROOM, &lobby, After::Now, Duration::from_secs(120), None);
    let said = async {
        while hub.held() == 0 {
            tokio::task::yield_now().await;
        }
        journal.append(vec![foreign(say("bob", "lobby", "from elsewhere"))]).await.unwrap();
    };
    let (polled, ()) = tokio::join!(polled, said);
    let body = polled.unwrap().body;
    assert!(String::from_utf8_lossy(&body).contains("from elsewhere"), "{body:?}");
}

#[tokio::test]
async fn projections_of_one_journal_end_equal_however_late_they_follow() {
    let journal = UnrulyJournal::new(3, Foreign::Refused);
    let early = JournaledLog::open(journal.clone()).await.unwrap();
    let other = JournaledLog::open(journal.another_follower(11)).await.unwrap();
    let emoji = ["👍", "🎉"];
    for round in 0..40_u64 {
        let target = Seq(early.head().0.saturating_sub(round % 7));
        let person = Person { id: "ada".parse().unwrap(), name: "Ada".parse().unwrap() };
        let change = |kind| Draft { author: person.clone(), room: RoomName::lobby(), kind };
        let drafts = vec![
            say("ada", "lobby", &format!("round {round}")),
            say("bob", &format!("room-{}", round % 5), "makes its room"),
            change(DraftKind::Edit { target, text: format!("edit {round}").parse().unwrap() }),
            change(DraftKind::Reaction {
                target,
                emoji: emoji[usize::from(round % 3 == 0)].parse().unwrap(),
                on: round % 4 > 0,
            }),
            change(DraftKind::Delete { target: Seq(target.0 / 2) }),
        ];
        // Both nodes append concurrently.
        let pending = drafts
            .into_iter()
            .enumerate()
            .map(|(n, draft)| if n % 2 == 0 { early.append(draft) } else { other.append(draft) });
        // Many of the drafts are refused.
        join_all(pending).await;
        if round % 10 == 9 {
            while early.prune("20/room".parse().unwrap()).await.unwrap() {}
        }
    }
    let late = JournaledLog::open(journal.another_follower(5)).await.unwrap();
    let last = early.append(say("ada", "lobby", "last")).await.unwrap();
    let Outcome::Appended(last) = last else { panic!("{last:?}") };
    for log in [&other, &late] {
        while log.head() < last.seq {
            tokio::task::yield_now().await;
        }
    }
    let expected = all_of(&early).await;
    assert!(expected.0.len() > 60 && expected.1.len() == 6, "{expected:?}");
    assert_eq!(all_of(&other).await, expected);
    assert_eq!(all_of(&late).await, expected);
}

#[tokio::test]
async fn key_that_two_nodes_publish_at_once_is_published_once() {
    let journal = UnrulyJournal::new(9, Foreign::Refused);
    let logs = [
        JournaledLog::open(journal.clone()).await.unwrap(),
        JournaledLog::open(journal.another_follower(2)).await.unwrap(),
    ];
    let key = PublishKey::from_bytes([7; 16]);
    let said = |log: &JournaledLog<UnrulyJournal>, text: &str| {
        let kind = DraftKind::Message { key, text: text.parse().unwrap(), reply_to: None, makes_room: false };
        log.append(Draft { kind, ..say("ada", "lobby", "x") })
    };
    let (one, two) = tokio::join!(said(&logs[0], "one"), said(&logs[1], "two"));
    let (Outcome::Appended(first), Outcome::Repeated(again)) = (one.unwrap(), two.unwrap()) else {
        panic!("two entries, or none")
    };
    assert_eq!(first.json, again.json);
}

#[tokio::test]
async fn log_reads_what_it_missed_between_snapshot_and_follow() {
    let log = unruly(4).await;
    let after = log.head();
    for n in 0..5 {
        log.append(say("ada", "lobby", &format!("{n}"))).await.unwrap();
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = told.clone();
    log.follow(
        after,
        Arc::new(move |event| {
            let LogEvent::Appended(entries) = event else { panic!("{event:?}") };
            ear.lock().extend(entries.iter().map(|entry| entry.message_text().unwrap().as_str().to_owned()));
        }),
    )
    .await
    .unwrap();
    log.append(say("ada", "lobby", "5")).await.unwrap();
    assert_eq!(*told.lock(), ["0", "1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn position_that_the_journal_has_is_reached_before_it_is_applied() {
    let journal = UnrulyJournal::new(6, Foreign::Refused);
    let log = JournaledLog::open(journal.clone()).await.unwrap();
    journal.hold_back(true);
    let position = journal.append(vec![foreign(say("bob", "lobby", "not here yet"))]).await.unwrap()[0];
    assert!(log.head() < position && log.has_reached(position) && !log.has_reached(Seq(position.0 + 1_000)));
    journal.hold_back(false);
    while log.head() < position {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn replaced_journal_is_told_once_its_new_content_is_there() {
    let journal = UnrulyJournal::new(8, Foreign::None);
    let log = JournaledLog::open(journal.clone()).await.unwrap();
    let (epoch, secret) = (log.epoch(), log.secret());
    for n in 0..10 {
        log.append(say("ada", "lobby", &format!("old {n}"))).await.unwrap();
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| match event {
        LogEvent::Replaced { epoch, head, rooms, .. } => {
            let names: Vec<String> = rooms.iter().map(|room| room.name.to_string()).collect();
            ear.lock().push(format!("{epoch} {head} {}", names.join(" ")));
        }
        LogEvent::Appended(entries) => {
            ear.lock().extend(entries.iter().map(|entry| entry.message_text().unwrap().to_string()));
        }
        _ => panic!("{event:?}"),
    });
    log.follow(log.head(), follower).await.unwrap();
    // A backup from before the messages, to which other nodes have appended since.
    journal.restore(2, vec![foreign(say("bob", "lobby", "new"))]);
    while log.epoch() == epoch {
        tokio::task::yield_now().await;
    }
    assert_ne!(log.secret(), secret);
    let (renewed, head) = (log.epoch(), log.head());
    log.append(say("ada", "lobby", "goes on")).await.unwrap();
    assert_eq!(*told.lock(), [format!("{renewed} {head} lobby"), "goes on".to_owned()]);
    let page = log.page(EVERY_ROOM, RoomName::lobby(), None, 50, None).await.unwrap();
    let texts: Vec<_> = page.messages.iter().map(|m| m.text.as_ref().unwrap().to_string()).collect();
    assert_eq!(texts, ["old 0", "new", "goes on"]);
}

#[tokio::test]
async fn replaced_journal_says_anew_who_may_do_what() {
    let journal = UnrulyJournal::new(8, Foreign::None);
    let log = JournaledLog::open(journal.clone()).await.unwrap();
    let (handle, epoch) = (log.access(), log.epoch());
    let join = |who: &str| {
        let person = Person { id: who.parse().unwrap(), name: who.parse().unwrap() };
        let joined = AccessChange::Joined { person: person.clone(), is_bot: false, passphrase: None };
        Draft::access(person, joined)
    };
    log.append(join("ada")).await.unwrap();
    journal.restore(1, vec![foreign(join("bob"))]);
    while log.epoch() == epoch {
        tokio::task::yield_now().await;
    }
    let people: Vec<String> =
        handle.load().accounts().map(|account| account.person.name.to_string()).collect();
    assert_eq!(people, ["bob"], "asked through the handle of before");
    log.append(join("cid")).await.unwrap();
    assert_eq!(handle.load().accounts().count(), 2);
}

#[tokio::test]
async fn held_polls_of_a_replaced_log_end_and_hear_that_the_epoch_changed() {
    let journal = UnrulyJournal::new(8, Foreign::None);
    let hub = Hub::open(Arc::new(JournaledLog::open(journal.clone()).await.unwrap())).await.unwrap();
    for n in 0..10 {
        hub.publish(say("ada", "lobby", &format!("old {n}"))).await.unwrap();
    }
    let lobby = RoomSelection::Named(vec![RoomName::lobby()]);
    let before = hub.rooms(EVERY_ROOM).cursor;
    let hold = |rooms: &RoomSelection| {
        let (hub, rooms) = (hub.clone(), rooms.clone());
        tokio::spawn(
            async move { hub.poll(EVERY_ROOM, &rooms, After::Now, Duration::from_secs(120), None).await },
        )
    };
    let polls = [hold(&lobby), hold(&RoomSelection::All)];
    while hub.held() < 2 {
        tokio::task::yield_now().await;
    }
    journal.restore(2, vec![foreign(say("bob", "lobby", "new"))]);
    for answer in join_all(polls).await {
        let answer = answer.unwrap().unwrap();
        assert!(answer.is_empty && answer.cursor.epoch == before.epoch, "{answer:?}");
        let next = hub.poll(EVERY_ROOM, &lobby, After::At(answer.cursor), Duration::ZERO, None).await;
        let Err(PollError::EpochChanged(now)) = next else { panic!("{next:?}") };
        assert!(now.epoch != before.epoch && now.seq < before.seq);
    }
    // History comes from the new incarnation, and polls continue from its cursor.
    let history = hub.history(EVERY_ROOM, &RoomName::lobby(), None, 50, None).await.unwrap().unwrap();
    assert_eq!(history.messages.last().unwrap().text.as_ref().unwrap().as_str(), "new");
    let polled = hub.poll(EVERY_ROOM, &lobby, After::At(history.cursor), Duration::from_secs(120), None);
    let (polled, said) = tokio::join!(polled, hub.publish(say("ada", "lobby", "goes on")));
    said.unwrap();
    assert!(String::from_utf8_lossy(&polled.unwrap().body).contains("goes on"));
}
