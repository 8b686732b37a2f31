//! History, and the transition from history to polls.

use futures_util::future::join_all;
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::{History, Seq};

use crate::support::{Client, Server};

#[tokio::test]
async fn history_is_paged_backwards_from_the_newest() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    for n in 0..7 {
        ada.says(&format!("m{n}")).await;
    }
    let shown = |page: &History| {
        let text = |m: &holdline_shared::Message| m.text.as_ref().unwrap().as_str().to_owned();
        page.messages.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    let page = |query: String| {
        let ada = ada.clone();
        async move { ada.get(&format!("/api/v1/rooms/lobby/messages{query}")).await.json::<History>() }
    };
    let newest = page("?limit=3".to_owned()).await;
    assert_eq!((shown(&newest).as_str(), newest.more), ("m4 m5 m6", true));
    assert_eq!(newest.cursor.seq, server.hub.head());
    let older = page(format!("?limit=4&before={}", newest.messages[0].seq)).await;
    assert_eq!((shown(&older).as_str(), older.more), ("m0 m1 m2 m3", false));
    for (query, count) in [("?before=0", 0), ("?before=1", 0), ("?before=18446744073709551615", 7)] {
        assert_eq!(page(query.to_owned()).await.messages.len(), count, "{query}");
    }
}

/// Joins while others publish: reads history, then polls from its cursor until the last message.
async fn joins(reader: Client, last: String) -> Vec<Seq> {
    let mut seen = Vec::new();
    let history: History = reader.get("/api/v1/rooms/lobby/messages?limit=200").await.expect(200).json();
    seen.extend(history.messages.iter().map(|m| (m.seq, m.text.clone())));
    let mut cursor = history.cursor;
    while seen.last().is_none_or(|(_, text)| text.as_ref().unwrap().as_str() != last) {
        let batch = reader.polls(&format!("room=lobby&after={cursor}")).await;
        seen.extend(batch.entries.iter().map(|entry| {
            let holdline_shared::EntryKind::Message { text, .. } = &entry.kind else { panic!("{entry:?}") };
            (entry.seq, text.clone())
        }));
        cursor = batch.cursor;
    }
    seen.into_iter().map(|(seq, _)| seq).collect()
}

async fn assert_joining_is_exact(server: &Server) {
    let ada = server.person("Ada").await;
    let people = join_all((0..4).map(|n| {
        let name = format!("p{n}");
        async move { server.person(&name).await }
    }))
    .await;
    let talking = people.into_iter().map(|person| {
        tokio::spawn(async move {
            for n in 0..40 {
                person.says(&format!("m{n}")).await;
            }
        })
    });
    let talking: Vec<_> = talking.collect();
    let mut readers = Vec::new();
    for _ in 0..30 {
        // Each reader joins a little later than the one before.
        let _ = ada.cursor().await;
        readers.push(tokio::spawn(joins(server.visitor(), "the end".to_owned())));
    }
    for talk in talking {
        talk.await.unwrap();
    }
    ada.says("the end").await;
    let all: Vec<_> = (2..=162).map(Seq).collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), all);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_is_exact_on_sqlite() {
    assert_joining_is_exact(&Server::sqlite(HubConfig::default()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_is_exact_in_memory() {
    assert_joining_is_exact(&Server::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_is_exact_without_recent_entries_in_memory() {
    let without_cache = || {
        let mut config = HubConfig::default();
        config.recent_bytes = 0;
        config
    };
    assert_joining_is_exact(&Server::sqlite(without_cache()).await).await;
    assert_joining_is_exact(&Server::with(without_cache(), ServeConfig::default()).await).await;
}
