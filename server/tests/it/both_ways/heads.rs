//! Unusual heads of polls: hyper decides about them, also on a connection on which a poll was answered
//! before.

use super::{Conversation, Pair, poll};

/// Polls with an unusual head, to which a sender adds these headers.
#[expect(clippy::too_many_lines, reason = "a list")]
pub(super) fn heads(sender: &str) -> Vec<Vec<u8>> {
    let usual = format!("GET /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\n{sender}Host: localhost\r\n\r\n");
    let lines = |count: usize, line: &str| vec![line; count].join("\r\n");
    let mut heads: Vec<Vec<u8>> = [
        ("GET", "HEAD"),
        ("GET", "OPTIONS"),
        ("GET", "POST"),
        ("GET", "DELETE"),
        ("GET", "get"),
        ("GET", "GE"),
        ("GET", "GETS"),
        ("GET", " GET"),
        ("GET ", "GET  "),
        ("GET ", "GET\t"),
        ("GET ", "\r\nGET "),
        ("GET ", "\nGET "),
        ("GET ", "\r\n\r\n\r\nGET "),
        ("HTTP/1.1", "HTTP/1.0"),
        ("HTTP/1.1", "HTTP/1.0\r\nConnection: keep-alive"),
        ("HTTP/1.1", "HTTP/1.2"),
        ("HTTP/1.1", "HTTP/2.0"),
        ("HTTP/1.1", "HTTP/0.9"),
        ("HTTP/1.1", "http/1.1"),
        (" HTTP/1.1", "  HTTP/1.1"),
        (" HTTP/1.1", " HTTP/1.1 "),
        (" HTTP/1.1", ""),
        ("/api/v1/poll", "http://localhost/api/v1/poll"),
        ("/api/v1/poll", "HTTP://LOCALHOST/api/v1/poll"),
        ("/api/v1/poll", "//api/v1/poll"),
        ("/api/v1/poll", "/api/v1/./poll"),
        ("/api/v1/poll", "/api/v1/pol%6C"),
        ("/api/v1/poll", "/api/v1/poll/"),
        ("/api/v1/poll", "/API/v1/poll"),
        ("/api/v1/poll", "api/v1/poll"),
        ("/api/v1/poll?room=lobby&wait=0", "*"),
        ("/api/v1/poll?room=lobby&wait=0", "/api/v1/poll"),
        ("/api/v1/poll?room=lobby&wait=0", "localhost:80"),
        ("Host: localhost\r\n", ""),
        ("Host: localhost", "Host: a\r\nHost: b"),
        ("Host: localhost", "Host:"),
        ("Host: localhost", "Host : localhost"),
        ("Host: localhost", "HOST:localhost  "),
        ("Host: localhost", ": localhost"),
        ("Host: localhost", "localhost"),
        ("Host: localhost", "Host: local\0host"),
        ("Host: localhost", "Host: local\rhost"),
        ("Host: localhost", "Host: local\nhost"),
        ("Host: localhost", "Host: local\thost\u{7f}"),
        ("Host: localhost", "Host: localhost\r\n folded: x"),
        ("Host: localhost", "Host: localhost\r\n\tConnection: close"),
        ("Host: localhost", "H\u{f6}st: localhost"),
        ("Host: localhost", "X: caf\u{e9}"),
        ("Host: localhost\r\n", "Host: localhost\n"),
        ("Host: localhost\r\n\r\n", "Host: localhost\r\n\n"),
        ("Host: localhost\r\n\r\n", "Host: localhost\n\n"),
        ("Host: localhost\r\n\r\n", "Host: localhost\n\r\n"),
        (" HTTP/1.1\r\n", " HTTP/1.1\n"),
        ("Host: localhost", "Connection: close"),
        ("Host: localhost", "connection:CLOSE"),
        ("Host: localhost", "Connection: keep-alive"),
        ("Host: localhost", "Connection: Keep-Alive, close"),
        ("Host: localhost", "Connection: keep-alive\r\nConnection: close"),
        ("Host: localhost", "Connection: close\r\nConnection: keep-alive"),
        ("Host: localhost", "Connection: keep-alive, keep-alive"),
        ("Host: localhost", "Connection:"),
        ("Host: localhost", "Connection: x"),
        ("Host: localhost", "Connection: upgrade\r\nUpgrade: websocket"),
        (
            "Host: localhost",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ",
        ),
        ("Host: localhost", "Keep-Alive: timeout=1"),
        ("Host: localhost", "Proxy-Connection: close"),
        ("Host: localhost", "Content-Length: 0"),
        ("Host: localhost", "Content-Length: 00"),
        ("Host: localhost", "Content-Length: +0"),
        ("Host: localhost", "Content-Length: -1"),
        ("Host: localhost", "Content-Length: 0\r\nContent-Length: 0"),
        ("Host: localhost", "Content-Length: 0\r\nContent-Length: 1"),
        ("Host: localhost", "Content-Length: 0, 0"),
        ("Host: localhost", "Transfer-Encoding: identity"),
        ("Host: localhost", "Transfer-Encoding: chunked, identity"),
        ("Host: localhost", "Expect: 100-continue"),
        ("Host: localhost", "Expect: 100-continue\r\nContent-Length: 0"),
        ("Host: localhost", "TE: trailers"),
        ("Host: localhost", "Trailer: X"),
        ("Host: localhost", "Origin: http://elsewhere\r\nSec-Fetch-Site: cross-site"),
        ("Host: localhost", "Accept-Encoding: gzip, br\r\nAccept: text/plain\r\nRange: bytes=0-3"),
        ("Host: localhost", "If-None-Match: *\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"),
        (
            "Host: localhost",
            "X-HTTP-Method-Override: DELETE\r\nX-Forwarded-Prefix: /chat\r\nForwarded: for=x",
        ),
    ]
    .map(|(from, to)| usual.replacen(from, to, 1).into_bytes())
    .into();
    for count in [31, 32, 33, 99, 100, 101, 300] {
        heads.push(usual.replace("Host: localhost", &lines(count, "x: y")).into_bytes());
    }
    for length in [1_900, 1_978, 8_000, 30_000, 33_000, 60_000, 140_000] {
        heads.push(usual.replace("localhost", &"x".repeat(length)).into_bytes());
    }
    heads.push(usual.replace("Host", &"x".repeat(70_000)).into_bytes());
    heads.extend([
        b"\0".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\r\n\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
    ]);
    heads.push(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec());
    let bare = usual.replace("localhost", "caf\u{e9}").into_bytes();
    // The same in Latin-1: a byte that is no UTF-8.
    heads.push(bare.into_iter().filter(|&byte| byte != 0xc3).collect());
    heads
}

#[tokio::test]
async fn every_head_gets_the_same_answer() {
    let pair = Pair::start().await;
    for head in heads("") {
        let what = head.escape_ascii().to_string();
        let what = what.get(..300).unwrap_or(&what);
        pair.compare(what, &Conversation::ending([head.clone()])).await;
        pair.compare(what, &Conversation::ending([head.clone()]).at_once()).await;
        let wanders = [poll("room=lobby&wait=0"), head.clone(), poll("room=tea&wait=0"), head];
        pair.compare(what, &Conversation::ending(wanders.clone())).await;
        pair.compare(what, &Conversation::ending(wanders).at_once()).await;
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn other_requests_get_the_same_answer() {
    let pair = Pair::start().await;
    for path in [
        "/",
        "/healthz",
        "/nothing?room=lobby",
        "/index.html",
        "/api/v1/rooms",
        "/api/v1/rooms/lobby/messages",
        "/api/v1/rooms/nowhere/messages",
        "/api/v1/session",
        "/api/v1/pol",
        "/api/v1/poll?",
        "/api/v1/polls?room=lobby",
        "/api/v1/poll%3Froom=lobby",
        "/api/v1/events?room=nowhere",
        "/api/openapi.json",
        "/subscribe?wait=0",
        "/subscribe?wait=x",
        "/classic",
        "/publish",
        "/../api/v1/poll?room=lobby&wait=0",
    ] {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "BREW"] {
            let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            let wanders =
                [poll("room=lobby&wait=0"), request.clone().into(), poll("room=tea&wait=0"), request.into()];
            pair.compare(path, &Conversation::ending(wanders)).await;
        }
    }
}
