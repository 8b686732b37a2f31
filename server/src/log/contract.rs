//! The contract of engines, as tests. An engine's own tests call `suite!` with a way to open it in a folder, and, when it
//! outlives the process, `durable_suite!`. Positions grow and may skip: no test counts them.
//! Long because all that an engine promises stands in one place.

mod folding;
mod limits;
mod reactions;
mod retention;
mod rooms;

use std::sync::Arc;

use holdline_shared::limits::BATCH_ENTRIES;
use holdline_shared::{Person, PublishKey, RoomName, RoomSelection, Seq};
use parking_lot::Mutex;

use super::draft::{Draft, DraftKind};
use super::engine::{Chunk, Log, LogEvent};
use super::error::{LogError, Refusal};
use super::outcome::Outcome;
use super::retention::Retention;
use crate::scope::{EVERY_ROOM, Scope};

pub(crate) use self::folding::*;
pub(crate) use self::limits::*;
pub(crate) use self::reactions::*;
pub(crate) use self::retention::*;
pub(crate) use self::rooms::*;

fn person(id: &str) -> Person {
    Person { id: id.parse().unwrap(), name: id.parse().unwrap() }
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

fn key(n: u128) -> PublishKey {
    PublishKey::from_bytes(n.to_le_bytes())
}

fn draft(author: &str, room_name: &str, kind: DraftKind) -> Draft {
    Draft { author: person(author), room: room(room_name), kind }
}

fn say(author: &str, room_name: &str, n: u128, text: &str) -> Draft {
    let kind =
        DraftKind::Message { key: key(n), text: text.parse().unwrap(), reply_to: None, makes_room: false };
    draft(author, room_name, kind)
}

fn make(room_name: &str, topic: Option<&str>) -> Draft {
    draft("ada", room_name, DraftKind::Room { topic: topic.map(|t| t.parse().unwrap()) })
}

async fn append(log: &dyn Log, draft: Draft) -> Seq {
    match log.append(draft).await {
        Ok(Outcome::Appended(entry) | Outcome::Made(entry)) => entry.seq,
        other => panic!("not appended: {other:?}"),
    }
}

async fn refusal(log: &dyn Log, draft: Draft) -> Refusal {
    match log.append(draft).await {
        Err(LogError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn named(names: &[&str]) -> RoomSelection {
    RoomSelection::Named(names.iter().map(|name| room(name)).collect())
}

fn seqs(chunk: &Chunk) -> Vec<Seq> {
    chunk.entries.iter().map(|entry| entry.seq).collect()
}

/// Positions of entries that exist: everything that the log has, oldest first.
async fn left(log: &dyn Log) -> Vec<Seq> {
    let (mut all, mut after) = (Vec::new(), Seq::START);
    loop {
        let chunk = log.read(EVERY_ROOM, RoomSelection::All, after).await.unwrap();
        if chunk.entries.is_empty() {
            return all;
        }
        all.extend(seqs(&chunk));
        after = chunk.upto;
    }
}

/// Follows from where the log is, and collects the positions of what is told.
async fn followed(log: &dyn Log, after: Seq) -> Arc<Mutex<Vec<Seq>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let ear = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| {
        let LogEvent::Appended(group) = event else { panic!("{event:?}") };
        ear.lock().extend(group.iter().map(|entry| entry.seq));
    });
    log.follow(after, follower).await.unwrap();
    told
}

fn texts(chunk: &Chunk) -> Vec<String> {
    chunk.entries.iter().filter_map(|e| e.message_text().map(|t| t.as_str().to_owned())).collect()
}

pub(crate) async fn begins_with_a_lobby(log: Arc<dyn Log>) {
    let head = log.head();
    assert!(head > Seq::START);
    let rooms = log.rooms().await.unwrap();
    assert_eq!((rooms.len(), rooms[0].name.as_str(), rooms[0].head), (1, "lobby", head));
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    assert_eq!((seqs(&chunk), chunk.upto), (vec![head], head));
    assert!(log.has_reached(head) && !log.has_reached(Seq(u64::MAX)));
}

pub(crate) async fn reads_what_was_appended_in_order(log: Arc<dyn Log>) {
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

pub(crate) async fn stored_json_is_the_entry(log: Arc<dyn Log>) {
    let start = log.head();
    let Ok(Outcome::Appended(told)) = log.append(say("ada", "lobby", 1, "\"quoted\" \u{1F600}")).await else {
        panic!()
    };
    let read = log.read(EVERY_ROOM, named(&["lobby"]), start).await.unwrap();
    assert_eq!(read.entries[0].json, told.json);
    let entry = read.entries[0].entry().unwrap();
    assert_eq!((entry.seq, entry.author.id.as_str()), (told.seq, "ada"));
    assert!(entry.at.0 > 1_700_000_000_000, "milliseconds since 1970");
}

pub(crate) async fn a_key_is_published_once(log: Arc<dyn Log>) {
    let first = append(&*log, say("ada", "lobby", 7, "once")).await;
    let Ok(Outcome::Repeated(again)) = log.append(say("ada", "lobby", 7, "twice")).await else { panic!() };
    assert_eq!((again.seq, again.message_text().unwrap().as_str()), (first, "once"));
    let bobs = append(&*log, say("bob", "lobby", 7, "mine")).await;
    assert!(bobs > first, "keys belong to their authors");
    let at_once: Vec<_> = (0..20).map(|_| log.append(say("eve", "lobby", 9, "burst"))).collect();
    let outcomes = futures_util::future::join_all(at_once).await;
    let appended = outcomes.iter().filter(|o| matches!(o, Ok(Outcome::Appended(_)))).count();
    let repeated = outcomes.iter().filter(|o| matches!(o, Ok(Outcome::Repeated(_)))).count();
    assert_eq!((appended, repeated), (1, 19));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 10, None).await.unwrap();
    assert_eq!(page.messages.len(), 3);
}

pub(crate) async fn takes_drafts_in_the_order_of_the_calls(log: Arc<dyn Log>) {
    let pending: Vec<_> = (0..2000).map(|n| log.append(say("ada", "lobby", n, &format!("m{n}")))).collect();
    let outcomes = futures_util::future::join_all(pending).await;
    let order: Vec<_> = outcomes
        .into_iter()
        .map(|o| match o {
            Ok(Outcome::Appended(entry)) => entry.seq,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(order.is_sorted_by(|a, b| a < b));
    assert_eq!(Some(&log.head()), order.last());
}

pub(crate) async fn tells_its_follower_of_each_entry_once_in_order(log: Arc<dyn Log>) {
    let told = followed(&*log, log.head()).await;
    let pending: Vec<_> = (0..300).map(|n| log.append(say("ada", "lobby", n, "x"))).collect();
    let last = futures_util::future::join_all(pending).await;
    let appended: Vec<_> = last
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Outcome::Appended(entry)) => entry.seq,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(*told.lock(), appended, "told before the answer");
    assert!(matches!(log.append(say("ada", "lobby", 5, "x")).await, Ok(Outcome::Repeated(_))));
    assert_eq!(refusal(&*log, say("ada", "nowhere", 999, "x")).await, Refusal::UnknownRoom);
    assert_eq!(told.lock().len(), 300, "only of what was appended");
}

pub(crate) async fn tells_its_follower_of_what_was_missed(log: Arc<dyn Log>) {
    let snapshot = log.head();
    // More than one read takes.
    let pending: Vec<_> =
        (0..BATCH_ENTRIES as u128 + 50).map(|n| log.append(say("ada", "lobby", n, "x"))).collect();
    futures_util::future::join_all(pending).await;
    let missed = left(&*log).await.split_off(1);
    assert!(missed[0] > snapshot);
    let told = followed(&*log, snapshot).await;
    assert_eq!(*told.lock(), missed, "told before following begins");
    let next = append(&*log, say("bob", "lobby", 0, "y")).await;
    assert_eq!(told.lock().last(), Some(&next));
    assert_eq!(told.lock().len(), missed.len() + 1);
}

pub(crate) async fn a_batch_has_an_end(log: Arc<dyn Log>) {
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

pub(crate) async fn reads_stay_within_their_scope(log: Arc<dyn Log>) {
    let start = log.head();
    for (n, name) in ["tea", "secret"].into_iter().enumerate() {
        append(&*log, make(name, None)).await;
        append(&*log, say("ada", name, n as u128, name)).await;
    }
    let last = append(&*log, say("ada", "secret", 5, "secret")).await;
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    let scope = Scope::of_rooms([room("tea"), room("nowhere")]);
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

pub(crate) async fn pages_backwards(log: Arc<dyn Log>) {
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

pub(crate) async fn the_head_is_not_behind_what_was_read(log: Arc<dyn Log>) {
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

pub(crate) async fn changes_belong_to_the_author(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "helo")).await;
    let edit =
        |who: &str, text: &str| draft(who, "lobby", DraftKind::Edit { target, text: text.parse().unwrap() });
    let delete = |who: &str| draft(who, "lobby", DraftKind::Delete { target });
    assert_eq!(refusal(&*log, edit("bob", "hacked")).await, Refusal::NotAuthor);
    assert_eq!(refusal(&*log, delete("bob")).await, Refusal::NotAuthor);
    append(&*log, edit("ada", "hello")).await;
    assert!(matches!(log.append(edit("ada", "hello")).await, Ok(Outcome::Unchanged)));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text.as_ref().unwrap().as_str(), "hello");
    assert!(page.messages[0].edited.is_some());
    append(&*log, delete("ada")).await;
    assert!(matches!(log.append(delete("ada")).await, Ok(Outcome::Unchanged)));
    assert_eq!(refusal(&*log, edit("ada", "back")).await, Refusal::MessageDeleted);
    append(&*log, make("tea", None)).await;
    let elsewhere = draft("ada", "tea", DraftKind::Delete { target });
    assert_eq!(refusal(&*log, elsewhere).await, Refusal::UnknownMessage);
}

pub(crate) async fn what_was_deleted_is_gone(log: Arc<dyn Log>) {
    let start = log.head();
    let target = append(&*log, say("ada", "lobby", 1, "my secret")).await;
    append(
        &*log,
        draft("ada", "lobby", DraftKind::Edit { target, text: "my other secret".parse().unwrap() }),
    )
    .await;
    append(&*log, say("ada", "lobby", 2, "no secret")).await;
    append(&*log, draft("ada", "lobby", DraftKind::Delete { target })).await;
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, start).await.unwrap();
    let all: String = chunk.entries.iter().map(|e| String::from_utf8_lossy(&e.json).into_owned()).collect();
    assert!(
        !all.contains("my secret") && !all.contains("my other secret") && all.contains("no secret"),
        "{all}"
    );
    assert_eq!(chunk.entries.len(), 4, "its places in the order stay");
    assert!(chunk.entries.iter().all(|e| e.entry().is_some()), "and stay readable");
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text, None);
    let Ok(Outcome::Repeated(again)) = log.append(say("ada", "lobby", 1, "my secret")).await else {
        panic!()
    };
    assert_eq!((again.seq, again.message_text()), (target, None), "a late repeat does not bring it back");
}

pub(crate) async fn reactions_are_put_once(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    let react = |who: &str, emoji: &str, on| {
        draft(who, "lobby", DraftKind::Reaction { target, emoji: emoji.parse().unwrap(), on })
    };
    append(&*log, react("bob", "👍", true)).await;
    assert!(matches!(log.append(react("bob", "👍", true)).await, Ok(Outcome::Unchanged)));
    append(&*log, react("ada", "👍", true)).await;
    append(&*log, react("ada", "🎉", true)).await;
    append(&*log, react("bob", "👍", false)).await;
    assert!(matches!(log.append(react("bob", "👍", false)).await, Ok(Outcome::Unchanged)));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    let reactions: Vec<_> = page.messages[0].reactions.iter().map(|r| (r.emoji.as_str(), r.count)).collect();
    assert_eq!(reactions, [("👍", 1), ("🎉", 1)]);
}

pub(crate) async fn rooms_are_made_and_changed(log: Arc<dyn Log>) {
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
}

pub(crate) async fn rooms_are_made_and_filled_at_once(log: Arc<dyn Log>) {
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
        draft("bob", "tea", DraftKind::Room { topic: Some("green".parse().unwrap()) }),
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

pub(crate) async fn replies_answer_a_message_of_the_room(log: Arc<dyn Log>) {
    let target = append(&*log, say("ada", "lobby", 1, "hello")).await;
    let reply = |room: &str, n, to| {
        let kind = DraftKind::Message {
            key: key(n),
            text: "yes".parse().unwrap(),
            reply_to: Some(to),
            makes_room: false,
        };
        draft("bob", room, kind)
    };
    append(&*log, reply("lobby", 2, target)).await;
    assert_eq!(refusal(&*log, reply("lobby", 3, Seq(target.0 + 9_999))).await, Refusal::UnknownMessage);
    append(&*log, make("tea", None)).await;
    assert_eq!(refusal(&*log, reply("tea", 4, target)).await, Refusal::UnknownMessage);
    assert_eq!(
        log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap().messages[1].reply_to,
        Some(target)
    );
}

pub(crate) async fn forgets_what_need_not_be_kept(log: Arc<dyn Log>) {
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
    let old = Retention { age: Some(std::time::Duration::from_secs(3600)), per_room: None };
    while log.prune(old).await.unwrap() {}
    assert_eq!(
        log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap().entries.len(),
        3,
        "nothing is an hour old"
    );
    let young = Retention { age: Some(std::time::Duration::ZERO), per_room: None };
    let begun = std::time::Instant::now();
    loop {
        // Everything is too old as soon as a millisecond has passed; the last entry always stays.
        while log.prune(young).await.unwrap() {}
        let left = left(&*log).await;
        if left == [last] {
            break;
        }
        assert!(begun.elapsed().as_secs() < 60, "still there: {left:?}");
    }
}

/// For engines that outlive the process.
pub(crate) async fn survives_being_closed<L: Log, E: std::fmt::Debug>(open: impl Fn() -> Result<L, E>) {
    let log = open().unwrap();
    let (epoch, secret) = (log.epoch(), log.secret());
    let seq = append(&log, say("ada", "lobby", 1, "hello")).await;
    let edit = DraftKind::Edit { target: seq, text: "hello all".parse().unwrap() };
    let last = append(&log, draft("ada", "lobby", edit)).await;
    drop(log);
    let log = open().unwrap();
    assert_eq!((log.epoch(), log.secret(), log.head()), (epoch, secret, last));
    let page = log.page(EVERY_ROOM, room("lobby"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text.as_ref().unwrap().as_str(), "hello all");
    assert!(
        matches!(log.append(say("ada", "lobby", 1, "again")).await, Ok(Outcome::Repeated(_))),
        "keys are kept"
    );
    assert!(append(&log, say("ada", "lobby", 2, "next")).await > last);
}

macro_rules! suite {
    (|$dir:ident| $open:expr) => {
        $crate::log::contract::suite!(@each |$dir| $open;
            begins_with_a_lobby
            reads_what_was_appended_in_order
            stored_json_is_the_entry
            a_key_is_published_once
            takes_drafts_in_the_order_of_the_calls
            tells_its_follower_of_each_entry_once_in_order
            tells_its_follower_of_what_was_missed
            a_batch_has_an_end
            pages_backwards
            reads_stay_within_their_scope
            the_head_is_not_behind_what_was_read
            changes_belong_to_the_author
            what_was_deleted_is_gone
            reactions_are_put_once
            rooms_are_made_and_changed
            rooms_are_made_and_filled_at_once
            replies_answer_a_message_of_the_room
            forgets_what_need_not_be_kept
            forgets_a_message_whose_changes_stay
            forgets_across_the_end_of_a_chunk
            forgets_in_each_room_by_its_own_cut
            forgets_what_was_said_in_entries_that_stay
            cuts_are_told
            cuts_of_a_room_that_expires_in_portions_are_told
            reactions_are_counted_and_the_first_are_listed
            a_reader_sees_which_reactions_are_theirs
            deleting_takes_the_reactions
            emoji_on_a_message_have_a_limit
            edits_of_a_message_have_a_limit
            a_page_has_an_end_in_bytes
            empty_rooms_expire
            rooms_in_use_or_with_messages_stay
            a_room_made_again_says_what_was_forgotten
            making_a_room_is_told_from_changing_it
            history_is_the_fold_of_the_entries
        );
    };
    (@each |$dir:ident| $open:expr; $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                let $dir = folder.path();
                let _ = $dir;
                $crate::log::contract::$case(std::sync::Arc::new($open)).await;
            }
        )*
    };
}

macro_rules! durable_suite {
    (|$dir:ident| $open:expr) => {
        #[tokio::test]
        async fn survives_being_closed() {
            let folder = tempfile::tempdir().unwrap();
            let $dir = folder.path();
            $crate::log::contract::survives_being_closed(|| $open).await;
        }
    };
}

pub(crate) use {durable_suite, suite};
