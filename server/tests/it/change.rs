//! Edits, deletions and reactions.

use holdline_shared::{Entry, EntryKind, ProblemCode};
use serde_json::json;

use crate::support::{Server, texts, until};

#[tokio::test]
async fn only_the_author_edits_and_deletes() {
    let server = Server::start().await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    let message = format!("/api/v1/rooms/lobby/messages/{}", ada.says("helo").await.seq);
    assert_eq!(bob.patch(&message, &json!({"text": "hacked"})).await.problem(), ProblemCode::NotAuthor);
    assert_eq!(bob.delete(&message).await.problem(), ProblemCode::NotAuthor);
    let edit: Entry = ada.patch(&message, &json!({"text": "hello"})).await.expect(200).json();
    assert!(matches!(edit.kind, EntryKind::Edit { .. }));
    assert!(ada.patch(&message, &json!({"text": "hello"})).await.expect(204).body.is_empty());
    ada.delete(&message).await.expect(200);
    ada.delete(&message).await.expect(204);
    let late = ada.patch(&message, &json!({"text": "back"})).await;
    assert_eq!(late.problem(), ProblemCode::MessageDeleted);
}

#[tokio::test]
async fn held_poll_is_answered_with_each_change() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let message = format!("/api/v1/rooms/lobby/messages/{}", ada.says("helo").await.seq);
    for n in 0..3 {
        let bob = server.visitor();
        let held = tokio::spawn(async move { bob.polls("room=lobby").await });
        until("the poll is held", || server.hub.held() == 1).await;
        let entry: Entry = match n {
            0 => ada.patch(&message, &json!({"text": "hello"})).await.json(),
            1 => ada.put(&format!("{message}/reactions/%F0%9F%91%8D"), &json!({})).await.json(),
            _ => ada.delete(&message).await.json(),
        };
        assert_eq!(held.await.unwrap().entries, [entry]);
    }
}

#[tokio::test]
async fn person_reacts_once_with_each_emoji() {
    let server = Server::start().await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    let said = ada.says("hello").await;
    let thumb = format!("/api/v1/rooms/lobby/messages/{}/reactions/%F0%9F%91%8D", said.seq);
    bob.put(&thumb, &json!({})).await.expect(200);
    bob.put(&thumb, &json!({})).await.expect(204);
    ada.put(&thumb, &json!({})).await.expect(200);
    bob.delete(&thumb).await.expect(200);
    bob.delete(&thumb).await.expect(204);
    let shown = &ada.history("lobby").await.messages[0];
    assert_eq!(shown.reactions.len(), 1);
    assert_eq!(shown.reactions[0].by, [ada.person().clone()]);
}

#[tokio::test]
async fn reaction_is_taken_back_in_another_spelling() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let said = ada.says("hello").await;
    let reactions = format!("/api/v1/rooms/lobby/messages/{}/reactions", said.seq);
    for (text, emoji) in [("%E2%9D%A4", "%E2%9D%A4%EF%B8%8F"), ("1%E2%83%A3", "1%EF%B8%8F%E2%83%A3")] {
        for (put, delete) in [(text, emoji), (emoji, text)] {
            ada.put(&format!("{reactions}/{put}"), &json!({})).await.expect(200);
            ada.put(&format!("{reactions}/{delete}"), &json!({})).await.expect(204);
            assert_eq!(ada.history("lobby").await.messages[0].reactions.len(), 1);
            ada.delete(&format!("{reactions}/{delete}")).await.expect(200);
            assert!(ada.history("lobby").await.messages[0].reactions.is_empty());
        }
    }
}

#[tokio::test]
async fn deleted_texts_are_not_sent_again() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let message = format!("/api/v1/rooms/lobby/messages/{}", ada.says("my secret").await.seq);
    ada.patch(&message, &json!({"text": "my other secret"})).await.expect(200);
    ada.says("no secret").await;
    ada.delete(&message).await.expect(200);
    for query in ["room=lobby", "room=*", "room=lobby&room=tea"] {
        if query.ends_with("tea") {
            ada.makes_room("tea").await;
        }
        let reply = ada.poll(&format!("{query}&after={cursor}&wait=0")).await.expect(200);
        assert!(!reply.text().contains("my "), "{query}: {}", reply.text());
        let batch: holdline_shared::Batch = reply.json();
        assert_eq!(texts(&batch.entries), ["no secret"]);
        assert!(batch.entries.len() >= 4, "the entries keep their positions");
    }
}

#[tokio::test]
async fn history_lists_the_first_reactors_and_marks_the_readers_own() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let message = format!("/api/v1/rooms/lobby/messages/{}", ada.says("hello").await.seq);
    let thumb = format!("{message}/reactions/%F0%9F%91%8D");
    let mut last = None;
    for n in 0..12 {
        let person = server.person(&format!("P {n}")).await;
        person.put(&thumb, &json!({})).await.expect(200);
        last = Some(person);
    }
    for (reader, mine) in [(&last.unwrap(), true), (&ada, false), (&server.visitor(), false)] {
        let reaction = reader.history("lobby").await.messages[0].reactions.remove(0);
        assert_eq!((reaction.count, reaction.by.len(), reaction.mine), (12, 10, mine));
        assert_eq!(reaction.by[9].name.as_str(), "P 9");
    }
}

#[tokio::test]
async fn number_of_edits_per_message_is_limited() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let message = format!("/api/v1/rooms/lobby/messages/{}", ada.says("hello").await.seq);
    for n in 0..holdline_shared::limits::EDITS_PER_MESSAGE {
        ada.patch(&message, &json!({ "text": n.to_string() })).await.expect(200);
    }
    assert_eq!(ada.patch(&message, &json!({"text": "once more"})).await.problem(), ProblemCode::TooMany);
    ada.delete(&message).await.expect(200);
}
