//! Stopping: held requests are answered, no acknowledged entry is lost, and the process ends soon.

use std::sync::Arc;
use std::time::{Duration, Instant};

use holdline_server::Scope;
use holdline_server::hub::{Hub, HubConfig};
use holdline_server::log::SqliteLog;
use holdline_shared::Batch;
use tokio::io::AsyncWriteExt;

use crate::events::Events;
use crate::support::{Process, Server, texts, until, within};

#[tokio::test]
async fn held_polls_are_answered_empty_and_closed() {
    let mut server = Server::start().await;
    let cursor = server.visitor().cursor().await;
    let mut held = Vec::new();
    for path in [
        format!("/api/v1/poll?room=lobby&after={cursor}&wait=100"),
        "/api/v1/poll?room=*&wait=100".to_owned(),
        "/subscribe".to_owned(),
        "/subscribe?room=tea&wait=100".to_owned(),
    ] {
        let mut connection = server.connect().await;
        connection.send("GET", &path, "", b"").await;
        held.push((connection, path));
    }
    until("all are held", || server.hub.held() == 4).await;
    server.begin_to_stop();
    for (mut connection, path) in held {
        let reply = within("the answer", connection.reply()).await.unwrap();
        assert_eq!((reply.status, reply.header("connection")), (200, "close"), "{path}");
        if path.starts_with("/api") {
            let batch: Batch = reply.json();
            assert_eq!((batch.entries.len(), batch.cursor), (0, cursor));
        } else {
            assert_eq!(reply.text(), "");
        }
        assert_eq!(within("the end", connection.rest()).await, "");
    }
    server.stop().await;
}

#[tokio::test]
async fn streams_end_and_idle_connections_are_closed() {
    let mut server = Server::start().await;
    let ada = server.visitor();
    let mut events = Events::open(&ada, "room=lobby", None).await;
    let mut idle = server.connect().await;
    assert_eq!(idle.get("/healthz", "").await.status, 200);
    until("the stream is held", || server.hub.held() == 1).await;
    server.begin_to_stop();
    assert_eq!(within("the end of the stream", events.next()).await, None);
    assert_eq!(within("the end of the connection", idle.rest()).await, "");
    server.stop().await;
}

#[tokio::test]
async fn stuck_request_does_not_block_the_stop() {
    let mut config = holdline_server::ServeConfig::default();
    config.stop_timeout = Duration::from_millis(100);
    let server = Server::with(HubConfig::default(), config).await;
    let mut stuck = server.connect().await;
    stuck
        .write(b"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
        .await;
    let mut response = [0; 12];
    within("the request to be read", stuck.read_exact(&mut response)).await;
    assert_eq!(&response, b"HTTP/1.1 100");
    server.stop().await;
}

#[tokio::test]
async fn signals_end_the_process_gracefully_and_in_time() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("holdline.db");
        let mut server = Process::start(&["--log", &format!("sqlite:{}", path.display())]).await;
        let ada = server.person("Ada").await;
        let cursor = ada.cursor().await;
        let poller = ada.clone();
        let polling =
            tokio::spawn(
                async move { poller.get(&format!("/api/v1/poll?room=*&after={cursor}&wait=100")).await },
            );
        let said = ada.says("before the end").await;
        let first: Batch = polling.await.unwrap().json();
        assert_eq!(first.entries, [said]);
        let poller = ada.clone();
        let polling =
            tokio::spawn(async move { poller.polls(&format!("room=*&after={}", first.cursor)).await });
        server.holds(1).await;
        let start = Instant::now();
        server.signal(signal).await;
        assert_eq!(polling.await.unwrap().entries, [], "{signal}");
        assert_eq!(server.ended().await.code(), Some(0), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(50), "{signal}: the poll's own time was waited for");
        let hub = Hub::open(Arc::new(SqliteLog::open(&path).unwrap())).await.unwrap();
        let rooms = holdline_shared::RoomSelection::All;
        let all = hub.log().read(&Scope::of_every_room(), rooms, holdline_shared::Seq::START).await.unwrap();
        let entries: Vec<_> = all.entries.iter().map(|entry| entry.entry().unwrap().clone()).collect();
        assert_eq!(texts(&entries), ["before the end"]);
    }
}

#[tokio::test]
async fn open_pipe_does_not_block_the_stop() {
    let mut server = Process::start(&["--log", "memory:", "--stdin", "lobby"]).await;
    let mut pipe = server.input();
    let visitor = server.visitor();
    pipe.write_all(b"from the pipe\n").await.unwrap();
    let heard = visitor.polls("room=lobby&after=start&wait=0").await;
    if texts(&heard.entries).is_empty() {
        let heard = visitor.polls(&format!("room=lobby&after={}", heard.cursor)).await;
        assert_eq!(texts(&heard.entries), ["from the pipe"]);
    }
    server.signal("TERM").await;
    assert_eq!(server.ended().await.code(), Some(0));
    drop(pipe);
}
