//! Limits on slow, hostile and vanished clients.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;

use crate::support::{Server, until, within};

#[tokio::test]
async fn huge_head_is_refused() {
    let server = Server::start().await;
    let mut connection = server.connect().await;
    let reply = connection.get("/api/v1/rooms", &format!("X-Long: {}\r\n", "x".repeat(100_000))).await;
    assert_eq!(reply.status, 431);
    let mut connection = server.connect().await;
    let many: String = (0..10_000).map(|n| format!("X-{n}: y\r\n")).collect();
    assert_eq!(connection.get("/api/v1/rooms", &many).await.status, 431);
    let mut connection = server.connect().await;
    let reply = connection.get(&format!("/{}", "x".repeat(100_000)), "").await;
    assert!(matches!(reply.status, 414 | 431), "{}", reply.status);
}

#[tokio::test]
async fn malformed_http_is_refused() {
    let server = Server::start().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\r\n\r\n",
    ] {
        let mut connection = server.connect().await;
        connection.write(bytes).await;
        let answer = within("the end of the connection", connection.rest()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let mut connection = server.connect().await;
    connection.write(b"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").await;
    // The server may read this as either request, but only as one.
    let reply = within("an answer", connection.reply()).await.unwrap();
    assert_eq!(reply.status, 400);
    server.visitor().get("/healthz").await.expect(200);
}

#[tokio::test]
async fn slow_heads_and_idle_connections_are_cut() {
    let mut config = ServeConfig::default();
    (config.head_timeout, config.idle_timeout) = (Duration::from_millis(50), Duration::from_millis(50));
    let server = Server::with(HubConfig::default(), config).await;
    let mut slow = server.connect().await;
    slow.write(b"GET /healthz HTTP/1.1\r\nHost:").await;
    assert!(!within("the cut", slow.rest()).await.contains(" 200 "));
    let mut idle = server.connect().await;
    assert_eq!(idle.get("/healthz", "").await.status, 200);
    assert_eq!(within("the end", idle.rest()).await, "");
    // A held poll is neither slow nor idle.
    let mut held = server.connect().await;
    held.send("GET", "/api/v1/poll?room=lobby&wait=20", "", b"").await;
    until("the poll is held", || server.hub.held() == 1).await;
    let mut silent = server.connect().await;
    assert_eq!(within("the end of a silent one", silent.rest()).await, "");
    assert_eq!(server.hub.held(), 1);
    server.visitor().shouts("still there?").await;
    assert_eq!(held.reply().await.unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn slow_body_is_cut() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    for path in ["/api/v1/session", "/publish"] {
        let mut slow = server.connect().await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
        );
        slow.write(head.as_bytes()).await;
        let start = tokio::time::Instant::now();
        let reply = slow.reply().await.unwrap();
        assert_eq!(reply.status, ProblemCode::RequestTimeout.status(), "{path}");
        assert!(start.elapsed() < Duration::from_secs(60));
        if path != "/publish" {
            assert_eq!(reply.problem(), ProblemCode::RequestTimeout);
        }
    }
}

#[tokio::test]
async fn disconnected_client_is_released_at_once() {
    let server = Server::start().await;
    for path in
        ["/api/v1/poll?room=lobby&wait=100", "/api/v1/poll?room=*", "/subscribe", "/api/v1/events?room=lobby"]
    {
        let mut crowd = Vec::new();
        for _ in 0..10 {
            let mut connection = server.connect().await;
            connection.send("GET", path, "", b"").await;
            crowd.push(connection);
        }
        until("all are held", || server.hub.held() == 10).await;
        crowd.truncate(4);
        until("six are forgotten", || server.hub.held() == 4).await;
        drop(crowd);
        until("all are forgotten", || server.hub.held() == 0).await;
    }
}

#[tokio::test]
async fn connection_beyond_the_limit_gets_retry_after() {
    let mut config = ServeConfig::default();
    config.max_connections = 2;
    let server = Server::with(HubConfig::default(), config).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for connection in [&mut first, &mut second] {
        assert_eq!(connection.get("/healthz", "").await.status, 200);
    }
    for _ in 0..5 {
        let mut third = server.connect().await;
        let reply = third.get("/healthz", "").await;
        assert_eq!(reply.problem(), ProblemCode::Overloaded);
        assert!(!reply.header("retry-after").is_empty());
    }
    assert_eq!(second.get("/healthz", "").await.status, 200, "open connections stay open");
    drop(first);
    let comes_in = async {
        while server.connect().await.get("/healthz", "").await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    within("a free connection", comes_in).await;
}

#[tokio::test]
async fn full_server_shortens_holds_and_then_refuses() {
    let mut config = HubConfig::default();
    config.max_held = 1;
    let server = Server::with(config, ServeConfig::default()).await;
    let mut held = Vec::new();
    for n in 1..=2 {
        let mut connection = server.connect().await;
        connection.send("GET", "/api/v1/poll?room=lobby&wait=100", "", b"").await;
        until("the poll is held", || server.hub.held() >= n || n == 2).await;
        held.push(connection);
    }
    // The second poll is released after a second at most, long before its own wait.
    let mut second = held.pop().unwrap();
    let reply = within("the second's answer", second.reply()).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(server.visitor().poll("room=lobby&wait=0").await.status, 200, "a regular poll holds nothing");
    server.visitor().shouts("hello").await;
    let reply = within("the first's answer", held.pop().unwrap().reply()).await.unwrap();
    assert!(reply.text().contains("hello"));
}
