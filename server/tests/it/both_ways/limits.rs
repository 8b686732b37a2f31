//! The answers of a full server, and the time-outs of silent connections.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Conversation, Pair, Way, poll};
use crate::support::{Connection, within};

#[tokio::test]
async fn connection_beyond_the_limit_gets_the_same_answer() {
    let mut config = ServeConfig::default();
    config.max_connections = 3;
    let pair = Pair::with(HubConfig::default(), config).await;
    let fills = |way: &Way| {
        let address = way.address;
        async move {
            let mut open = Vec::new();
            while open.len() < 3 {
                let mut connection = Connection::open(address).await;
                if connection.get("/api/v1/poll?room=lobby&wait=0", "").await.status == 200 {
                    open.push(connection);
                }
            }
            open
        }
    };
    let open = tokio::join!(fills(&pair.loops), fills(&pair.plain));
    for request in [
        poll("room=lobby&wait=0"),
        poll("room=lobby"),
        b"GET /healthz HTTP/1.1\r\n\r\n".to_vec(),
        b"x".to_vec(),
    ] {
        let said = pair.compare("full", &Conversation::of([request])).await;
        assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("retry-after: 5"), "{said}");
    }
    for path in ["/api/v1/events?room=lobby", "/chat/api/v1/events?room=lobby&after=start"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        let said = pair.compare("full", &Conversation::of([request.into_bytes()])).await;
        let is_stream = said.starts_with("HTTP/1.1 200 ") && said.contains("content-type: text/event-stream");
        assert!(is_stream && said.contains("retry: 5000\nevent: problem\ndata: {"), "{said}");
        for header in ["x-content-type-options: nosniff", "content-security-policy: ", "holdline-build: "] {
            assert!(said.contains(header), "{header}: {said}");
        }
    }
    drop(open);
    for way in [&pair.loops, &pair.plain] {
        // Each permit is free again, and none was returned twice.
        let again = within("three connections", fills(way)).await;
        let mut fourth = Connection::open(way.address).await;
        assert_eq!(fourth.get("/healthz", "").await.status, 503, "{}", way.name);
        drop(again);
    }
}

#[tokio::test]
async fn head_beyond_32_kilobytes_is_refused() {
    let pair = Pair::with(HubConfig::default(), ServeConfig::default()).await;
    for way in [&pair.loops, &pair.plain] {
        for path in ["/healthz", "/api/v1/poll?room=lobby&wait=0"] {
            for (kilobytes, is_taken) in
                [(20, true), (31, true), (33, false), (40, false), (48, false), (60, false)]
            {
                let padding = "x".repeat(kilobytes * 1024);
                let request = format!(
                    "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: {padding}\r\n\r\n"
                );
                let mut stream = TcpStream::connect(way.address).await.unwrap();
                let mut said = Vec::new();
                // Hyper may close before it has read the whole request, which can discard its answer.
                let is_whole = stream.write_all(request.as_bytes()).await.is_ok()
                    && stream.read_to_end(&mut said).await.is_ok();
                let status = if is_taken { "HTTP/1.1 200 " } else { "HTTP/1.1 431 " };
                let is_right =
                    said.starts_with(status.as_bytes()) || (!is_taken && !is_whole && said.is_empty());
                assert!(is_right, "{} {path} {kilobytes}: {}", way.name, String::from_utf8_lossy(&said));
            }
        }
    }
}

#[tokio::test]
async fn poll_beyond_the_limit_gets_the_same_answer() {
    // With a limit of zero, every poll that would be held is refused.
    let mut hub = HubConfig::default();
    hub.max_held = 0;
    let pair = Pair::with(hub, ServeConfig::default()).await;
    for query in
        ["room=lobby", "room=lobby&after=start", "room=nowhere", "room=lobby&wait=0", "room=lobby&after=x"]
    {
        pair.compare(query, &Conversation::ending([poll(query)])).await;
    }
    let said = pair.compare("one too many", &Conversation::ending([poll("room=lobby")])).await;
    assert!(said.contains("\"overloaded\"") && said.contains("retry-after"), "{said}");
}

#[tokio::test]
async fn poll_beyond_a_limit_of_its_person_gets_the_same_answer() {
    let mut config = ServeConfig::default();
    config.http.limits.held_polls = Some(0);
    let pair = Pair::with(HubConfig::default(), config).await;
    let session = format!("Authorization: Bearer {}", pair.token);
    for (query, is_refused) in [
        ("room=lobby", true),
        ("room=lobby&after=start", true),
        ("room=nowhere", true),
        ("room=lobby&here=lobby&wait=5", true),
        ("room=lobby&after=start&wait=0", false),
        ("room=lobby&after=x", false),
    ] {
        let request =
            format!("GET /api/v1/poll?{query} HTTP/1.1\r\nHost: localhost\r\n{session}\r\n\r\n").into_bytes();
        // The connection stays: the next request on it is answered, by either.
        let conversation = Conversation::ending([request.clone(), request]);
        let said = pair.compare(query, &conversation).await;
        let refusals = said.matches("HTTP/1.1 429 Too Many Requests\r\n").count();
        assert_eq!(refusals, if is_refused { 2 } else { 0 }, "{query}: {said}");
        assert_eq!(said.matches("limit held-polls=0").count(), refusals, "{said}");
        assert_eq!(said.matches("\r\nretry-after: 5\r\n").count(), refusals, "{said}");
    }
    pair.holds_nothing().await;
}

#[tokio::test]
async fn silent_connection_is_closed_without_an_answer() {
    let mut config = ServeConfig::default();
    (config.head_timeout, config.idle_timeout) = (Duration::from_millis(300), Duration::from_millis(300));
    let pair = Pair::with(HubConfig::default(), config).await;
    let health = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    for pieces in [
        vec![],
        vec![b"G".to_vec()],
        vec![b"GET /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\n".to_vec()],
        vec![poll("room=lobby&wait=0")],
        vec![health.to_vec()],
        vec![poll("room=lobby&wait=0"), health.to_vec()],
        vec![health.to_vec(), poll("room=lobby&wait=0")],
        vec![health.to_vec(), poll("room=lobby&wait=0"), b"GET".to_vec()],
        // Longer than the time-outs.
        vec![poll("room=lobby&wait=1")],
        vec![[poll("room=lobby&wait=1"), poll("room=lobby&wait=0")].concat()],
    ] {
        pair.compare("silence", &Conversation::of(pieces)).await;
    }
    let stays = TcpStream::connect(pair.loops.address).await.unwrap();
    pair.holds_nothing().await;
    drop(stays);
}
