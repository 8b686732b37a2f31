//! Acknowledged messages survive a crash, once.

use holdline_shared::{Batch, Entry};

use crate::support::{Process, key, texts};

#[tokio::test]
async fn acknowledged_message_survives_kill_9_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    let server = Process::start(&["--log", &log]).await;
    let address = server.address;
    let ada = server.person("Ada").await;
    let start = ada.cursor().await;
    let key = key();
    ada.says("one").await;
    let before: Batch = ada.polls(&format!("room=lobby&after={start}")).await;
    let first: Entry = ada.publishes("lobby", key, "two").await.expect(201).json();
    server.crash().await;

    let server = Process::start_on(address, &["--log", &log]).await;
    // The client, its session and its cursor are still valid.
    let after = ada.polls(&format!("room=lobby&after={}", before.cursor)).await;
    assert_eq!(after.entries, std::slice::from_ref(&first));
    assert_eq!(after.cursor.epoch, start.epoch);
    let again: Entry = ada.publishes("lobby", key, "two").await.expect(200).json();
    assert_eq!(again, first);
    let third = ada.says("three").await;
    assert!(third.seq > first.seq);
    let all = ada.polls(&format!("room=lobby&after={start}")).await;
    assert_eq!(texts(&all.entries), ["one", "two", "three"]);
    server.crash().await;
}

#[tokio::test]
async fn crashes_under_load_lose_no_acknowledged_message() {
    let folder = tempfile::tempdir().unwrap();
    let log = format!("sqlite:{}", folder.path().join("holdline.db").display());
    let mut server = Process::start(&["--log", &log]).await;
    let address = server.address;
    let start = server.visitor().cursor().await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let mut storm = tokio::task::JoinSet::new();
        for sender in 0..8 {
            let person = server.person(&format!("Sender {sender}")).await;
            storm.spawn(async move {
                let mut said: Vec<Entry> = Vec::new();
                for n in 0.. {
                    let body = serde_json::json!({ "key": key().to_string(), "text": format!("{round}-{sender}-{n}") });
                    let request = person.request(reqwest::Method::POST, "/api/v1/rooms/lobby/messages").json(&body);
                    // A cut response is no acknowledgement.
                    let Ok(response) = request.send().await else { break };
                    let Ok(entry) = response.json().await else { break };
                    said.push(entry);
                }
                said
            });
        }
        // Crash once there are some messages of this round.
        let visitor = server.visitor();
        let mut cursor = visitor.cursor().await;
        let mut heard = 0;
        while heard < 40 {
            let batch = visitor.polls(&format!("room=lobby&after={cursor}")).await;
            heard += batch.entries.len();
            cursor = batch.cursor;
        }
        server.crash().await;
        acknowledged.extend(storm.join_all().await.into_iter().flatten());
        server = Process::start_on(address, &["--log", &log]).await;
    }
    assert!(acknowledged.len() >= 60, "{}", acknowledged.len());
    let visitor = server.visitor();
    let mut kept: Vec<Entry> = Vec::new();
    let mut cursor = start;
    loop {
        let batch = visitor.polls(&format!("room=lobby&after={cursor}&wait=0")).await;
        if batch.entries.is_empty() {
            break;
        }
        kept.extend(batch.entries);
        cursor = batch.cursor;
    }
    assert!(kept.is_sorted_by(|a, b| a.seq < b.seq), "every entry once, in order");
    for entry in &acknowledged {
        assert!(kept.contains(entry), "lost: {entry:?}");
    }
}
