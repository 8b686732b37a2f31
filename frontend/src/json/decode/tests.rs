//! Whatever serde writes, this reads, to the same value: the protocol cannot drift away from the page.

use std::fmt::Debug;

use serde::Serialize;

use super::*;
use crate::state::samples::{at, entry, key, page, person, reacted, said};

fn check<T: Decode + Serialize + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let json = Json::parse(&text).unwrap_or_else(|| panic!("{text}"));
    assert_eq!(T::decode(&json).as_ref(), Some(value), "{text}");
    // Without any one of its fields it is something else or nothing, but never the same.
    let Json::Object(fields) = json else { return };
    for lost in 0..fields.len() {
        let mut fields = fields.clone();
        let (name, lost) = fields.remove(lost);
        if lost != Json::Null && !matches!(name.as_str(), "type" | "title" | "status") {
            assert_ne!(T::decode(&Json::Object(fields)).as_ref(), Some(value), "{name} of {text}");
        }
    }
}

#[test]
fn entries_of_every_kind() {
    let target = Seq(3);
    check(&said(7, "ada", "hello \"you\"\n\tend"));
    check(&entry(7, "ada", EntryKind::Message { key: key(7), text: None, reply_to: Some(target) }));
    check(&entry(7, "ada", EntryKind::Edit { target, text: Some("new".parse().unwrap()) }));
    check(&entry(7, "ada", EntryKind::Delete { target }));
    check(&entry(7, "ada", EntryKind::Room { topic: "tea".parse().unwrap() }));
    check(&reacted(7, "bob", 3, "👍", true));
}

#[test]
fn answers_of_every_kind() {
    let mut history = page("bob", &[1, 2], 2, true);
    history.topic = "all about tea".parse().unwrap();
    history.messages[0].edited = Some(Timestamp(9));
    history.messages[0].reply_to = Some(Seq(1));
    let by = vec![person("ada"), person("bob")];
    history.messages[0].reactions =
        vec![Reaction { emoji: "🎉".parse().unwrap(), count: 12, by, mine: true }];
    check(&history.messages[0]);
    check(&history);

    check(&Here { count: 2, people: vec![person("ada"), person("bob")] });
    check(&Session { person: person("ada"), token: Some("secret".to_owned()) });
    check(&Problem::new(ProblemCode::Gap, "too old").at(at(7)));

    let topic: Topic = "green".parse().unwrap();
    let tea = RoomSummary { name: "tea".parse().unwrap(), topic, head: Seq(4), at: Timestamp(5), here: 6 };
    check(&tea);
    check(&RoomList { rooms: vec![tea], cursor: at(9) });
}

#[test]
fn a_polls_answer_with_who_is_here() {
    let here = Here { count: 2, people: vec![person("ada"), person("bob")] };
    let presence = Presence { tag: "t1".to_owned(), rooms: [(RoomName::lobby(), here.clone())].into() };
    let mut batch = Batch {
        entries: vec![said(1, "ada", "x")],
        cursor: at(1),
        wait: 25,
        presence: Some(presence),
        unreadable: 0,
    };
    let read = |batch: &Batch| Answered::decode(&Json::parse(&serde_json::to_string(batch).unwrap())?);
    let answered = read(&batch).unwrap();
    assert_eq!(answered.present, Some(vec![(RoomName::lobby(), here)]));
    batch.presence.as_mut().unwrap().rooms.clear();
    assert_eq!(answered.batch, batch);
    batch.presence = None;
    assert_eq!(read(&batch), Some(Answered { batch, present: None }));
}

#[test]
fn wrong_types_are_refused_and_wider_rules_are_not() {
    let wrong = |text: &str| assert_eq!(Person::decode(&Json::parse(text).unwrap()), None, "{text}");
    wrong(r#"{"id":7,"name":"Ada"}"#);
    wrong(r#"{"id":"ada"}"#);
    wrong("[]");
    let summary = r#"{"name":"a b","topic":"","head":1,"at":1,"here":0}"#;
    assert!(
        RoomSummary::decode(&Json::parse(summary).unwrap()).is_some_and(|room| room.name.as_str() == "a b")
    );
}

#[test]
fn entries_of_newer_server_do_not_take_the_batch_with_them() {
    let head = r#""room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"}"#;
    let json = format!(
        r#"{{"entries":[{{"seq":1,{head},"kind":"parade"}},{{"seq":2,{head},"kind":"delete"}},{{"seq":[3]}},
            {{"seq":4,{head},"kind":"delete","target":1,"why":"spam"}}],"cursor":"00000000000000ff-4","wait":25}}"#
    );
    let batch = Answered::decode(&Json::parse(&json).unwrap()).unwrap().batch;
    let unknown = |entry: &Entry| matches!(entry.kind, EntryKind::Unknown { .. });
    assert_eq!(batch.entries.iter().map(unknown).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!((batch.unreadable, batch.cursor.seq), (1, Seq(4)));
}
