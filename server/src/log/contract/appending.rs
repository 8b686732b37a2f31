//! Appending: the first entry, the order of drafts, keys, replies, and what survives a restart.

use std::sync::Arc;

use holdline_shared::{RoomSelection, Seq};

use super::{append, draft, key, make, named, refusal, room, say, seqs};
use crate::log::draft::DraftKind;
use crate::log::engine::Log;
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

pub(crate) async fn new_log_has_a_lobby(log: Arc<dyn Log>) {
    let head = log.head();
    assert!(head > Seq::START);
    let rooms = log.rooms().await.unwrap();
    assert_eq!((rooms.len(), rooms[0].name.as_str(), rooms[0].head), (1, "lobby", head));
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    assert_eq!((seqs(&chunk), chunk.upto), (vec![head], head));
    assert!(log.has_reached(head) && !log.has_reached(Seq(u64::MAX)));
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

pub(crate) async fn key_is_published_once(log: Arc<dyn Log>) {
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

pub(crate) async fn drafts_are_appended_in_order_of_the_calls(log: Arc<dyn Log>) {
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

pub(crate) async fn reply_needs_a_message_of_the_room(log: Arc<dyn Log>) {
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

/// Acknowledged entries, keys and rooms survive a restart. For engines that outlive the process.
pub(crate) async fn log_survives_a_restart<L: Log, E: std::fmt::Debug>(open: impl Fn() -> Result<L, E>) {
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
