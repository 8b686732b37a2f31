//! Bodies that contain a poll. Whether a body is read or not, and however it is split, its content is never
//! answered as a request.

use super::{Conversation, END, Pair, poll};

/// A poll to hide in a body. If it were parsed as a request, its answer would contain "smuggled".
fn hidden() -> Vec<u8> {
    poll("room=caf%C3%A9&after=start&wait=0")
}

/// Heads of requests with a body, some of which are answered without reading the body.
fn heads(pair: &Pair) -> Vec<String> {
    let token = &pair.token;
    [
        // Read, but no JSON.
        "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json\r\n".to_owned(),
        // 415, after the body was read.
        "POST /api/v1/session HTTP/1.1\r\n".to_owned(),
        // 401, not read.
        "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nContent-Type: application/json\r\n".to_owned(),
        format!("POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"),
        // 403, not read.
        "POST /publish HTTP/1.1\r\nSec-Fetch-Site: cross-site\r\n".to_owned(),
        // 404 and 405, not read.
        "POST /nowhere HTTP/1.1\r\n".to_owned(),
        "POST /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\n".to_owned(),
        "DELETE /healthz HTTP/1.1\r\n".to_owned(),
        // 200, not read.
        "GET /healthz HTTP/1.1\r\n".to_owned(),
        "GET /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\n".to_owned(),
        "GET /api/v1/poll?room=lobby&wait=0 HTTP/1.0\r\nConnection: keep-alive\r\n".to_owned(),
    ]
    .into()
}

/// Frames the body in every way that HTTP knows; head and body apart.
fn framings(head: &str, body: &[u8]) -> Vec<[Vec<u8>; 2]> {
    let length = body.len();
    let chunk = |body: &[u8]| [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat();
    let (first, second) = body.split_at(length / 2);
    let head = |header: &str| format!("{head}Host: a\r\n{header}\r\n\r\n").into_bytes();
    vec![
        [head(&format!("Content-Length: {length}")), body.to_vec()],
        [head(&format!("Content-Length: {length}\r\nExpect: 100-continue")), body.to_vec()],
        [head("Transfer-Encoding: chunked"), [chunk(body), b"0\r\n\r\n".to_vec()].concat()],
        [head("Transfer-Encoding: chunked"), [chunk(first), chunk(second), b"0\r\n\r\n".to_vec()].concat()],
        [
            head("Transfer-Encoding: chunked"),
            [chunk(first), chunk(body), b"0\r\nX: y\r\n\r\n".to_vec()].concat(),
        ],
        [head("Transfer-Encoding: gzip, chunked"), [chunk(body), b"0\r\n\r\n".to_vec()].concat()],
        // Both headers, of which one must be wrong.
        [
            head("Content-Length: 5\r\nTransfer-Encoding: chunked"),
            [chunk(body), b"0\r\n\r\n".to_vec()].concat(),
        ],
        [head(&format!("Transfer-Encoding: chunked\r\nContent-Length: {length}")), body.to_vec()],
    ]
}

/// Sends a request with a hidden poll, split in several ways: the poll must not be answered.
async fn stays_hidden(pair: &Pair, what: &str, head: &[u8], body: &[u8]) {
    let before = poll("room=lobby&wait=0");
    let after = poll("room=tea&wait=0");
    let all = [before.as_slice(), head, body, &after].concat();
    for conversation in [
        Conversation::ending([before.as_slice(), head, body, &after]),
        Conversation::ending([head, body, &after]),
        Conversation::ending([&[&before, head].concat(), body, &after]),
        Conversation::ending([all.as_slice()]).at_once(),
        Conversation::ending([before.as_slice(), &[head, &body[..1]].concat(), &body[1..], &after]),
    ] {
        let said = pair.compare(what, &conversation).await;
        assert!(!said.contains("smuggled"), "{conversation}: {said}");
    }
}

#[tokio::test]
async fn body_is_never_parsed_as_request() {
    let pair = Pair::start().await;
    for head in heads(&pair) {
        for [head, body] in framings(&head, &hidden()) {
            stays_hidden(&pair, "a poll in a body", &head, &body).await;
        }
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn oversized_body_is_never_parsed_as_request() {
    let pair = Pair::start().await;
    // A sequence of polls, aligned with any buffer.
    let poll = poll(&format!("room=caf%C3%A9&after=start&wait=0&_={}", "x".repeat(64)));
    let body = poll.repeat(200_000 / poll.len());
    for head in heads(&pair) {
        let [head, body] = framings(&head, &body).swap_remove(0);
        let said = pair.compare("413", &Conversation::of([[head.as_slice(), &body, END].concat()])).await;
        assert!(!said.contains("smuggled"), "{said}");
    }
}

#[tokio::test]
async fn body_that_begins_at_the_end_of_a_buffer_is_read() {
    let pair = Pair::start().await;
    let body = hidden();
    let length = body.len();
    let post = format!("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    for size in [2_048, 8_192, 16_384, 32_768] {
        // A request of such a length that the head of the next one ends at the end of a buffer.
        let room = size - post.len() - "GET /healthz HTTP/1.1\r\nX: \r\n\r\n".len();
        let first = format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(room.min(8_000)));
        let rest = size - post.len() - first.len();
        let more = "GET /healthz HTTP/1.1\r\nX: \r\n\r\n".len();
        let filler = match rest.checked_sub(more) {
            Some(room) if rest > 0 => format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(room)),
            _ => "\r\n".repeat(rest / 2),
        };
        let heads = format!("{first}{filler}{post}");
        let conversation = Conversation::ending([[heads.as_bytes(), &body].concat()]);
        for conversation in
            [conversation.at_once(), conversation, Conversation::ending([heads.as_bytes(), &body])]
        {
            let said = pair.compare("at the brim", &conversation).await;
            assert!(said.contains("415 Unsupported") && !said.contains("smuggled"), "{conversation}: {said}");
        }
    }
}
