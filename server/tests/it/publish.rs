//! `POST /api/v1/rooms/{room}/messages`: publishing and repeats with the same key.

use futures_util::future::join_all;
use holdline_server::hub::HubConfig;
use holdline_shared::{Entry, ProblemCode};
use serde_json::json;

use crate::support::{Server, key, texts};

#[tokio::test]
async fn repeat_is_answered_with_the_first_entry() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let key = key();
    let first: Entry = ada.publishes("lobby", key, "hello").await.expect(201).json();
    for text in ["hello", "hello, did that arrive?"] {
        let repeat = ada.publishes("lobby", key, text).await.expect(200);
        assert_eq!(repeat.json::<Entry>(), first);
    }
    // A new nickname does not change the person.
    let mut renamed = ada.clone();
    renamed.enters("Ada Lovelace").await;
    assert_eq!(renamed.publishes("lobby", key, "hello").await.expect(200).json::<Entry>(), first);
    assert_eq!(ada.polls(&format!("room=lobby&after={cursor}")).await.entries, [first]);
}

#[tokio::test]
async fn key_belongs_to_its_author() {
    let server = Server::start().await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    let key = key();
    ada.publishes("lobby", key, "mine").await.expect(201);
    bob.publishes("lobby", key, "mine, too").await.expect(201);
}

#[tokio::test]
async fn concurrent_repeats_publish_once() {
    let server = Server::sqlite(HubConfig::default()).await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let keys: Vec<_> = (0..10).map(|_| key()).collect();
    let all = (0..100).map(|n| ada.publishes("lobby", keys[n % 10], "once"));
    let statuses: Vec<_> = join_all(all).await.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses.iter().filter(|&&status| status == 201).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|&&status| status == 200).count(), 90, "{statuses:?}");
    let batch = ada.polls(&format!("room=lobby&after={cursor}")).await;
    assert_eq!(batch.entries.len(), 10);
}

#[tokio::test]
async fn reply_needs_a_message_of_the_same_room() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let question = ada.says("tea?").await;
    let answer = |room: &str, to: u64| {
        let path = format!("/api/v1/rooms/{room}/messages");
        let body = json!({ "key": key().to_string(), "text": "yes", "reply_to": to });
        let ada = ada.clone();
        async move { ada.post(&path, &body).await }
    };
    answer("lobby", question.seq.0).await.expect(201);
    assert_eq!(ada.history("lobby").await.messages[1].reply_to, Some(question.seq));
    ada.makes_room("tea").await;
    for (room, to) in [("tea", question.seq.0), ("lobby", 99), ("lobby", 0), ("lobby", u64::MAX)] {
        assert_eq!(answer(room, to).await.problem(), ProblemCode::UnknownMessage, "{room} {to}");
    }
}

#[tokio::test]
async fn special_characters_are_kept() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let cursor = ada.cursor().await;
    let said = [
        "\"quoted\" \\ and \u{1F469}\u{200D}\u{1F4BB}",
        "</script><b>no</b>",
        "two\nlines\tand a tab",
        "\u{2028}\u{200F}שלום",
    ];
    for text in said {
        ada.says(text).await;
    }
    let heard = ada.polls(&format!("room=lobby&after={cursor}")).await;
    assert_eq!(texts(&heard.entries), said);
    let shown = ada.history("lobby").await;
    let shown: Vec<_> = shown.messages.iter().map(|m| m.text.as_ref().unwrap().as_str()).collect();
    assert_eq!(shown, said);
}
