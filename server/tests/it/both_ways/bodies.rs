//! Bodies in which there is a poll. Whoever reads them or does not, and in whatever pieces they come, they are bodies:
//! what is in them is never answered.

use super::{END, Pair, Talk, poll};

/// What nobody must answer; if somebody does, the answer says "smuggled".
fn hidden() -> Vec<u8> {
    poll("room=caf%C3%A9&after=start&wait=0")
}

/// Heads of requests, of which some are answered without a look at the body.
fn heads(pair: &Pair) -> Vec<String> {
    let token = &pair.token;
    [
        // Read, and no JSON.
        "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json\r\n".to_owned(),
        // 415, once it was read.
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

/// This body in the ways in which bodies come; head and body apart.
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
        // Both: one of them lies.
        [
            head("Content-Length: 5\r\nTransfer-Encoding: chunked"),
            [chunk(body), b"0\r\n\r\n".to_vec()].concat(),
        ],
        [head(&format!("Transfer-Encoding: chunked\r\nContent-Length: {length}")), body.to_vec()],
    ]
}

/// Sends it in several ways: nothing of what is hidden in it may be answered.
async fn stays_hidden(pair: &Pair, what: &str, head: &[u8], body: &[u8]) {
    let before = poll("room=lobby&wait=0");
    let after = poll("room=tea&wait=0");
    let all = [before.as_slice(), head, body, &after].concat();
    for talk in [
        Talk::ending([before.as_slice(), head, body, &after]),
        Talk::ending([head, body, &after]),
        Talk::ending([&[&before, head].concat(), body, &after]),
        Talk::ending([all.as_slice()]).at_once(),
        Talk::ending([before.as_slice(), &[head, &body[..1]].concat(), &body[1..], &after]),
    ] {
        let said = pair.same(what, &talk).await;
        assert!(!said.contains("smuggled"), "{talk}: {said}");
    }
}

#[tokio::test]
async fn a_body_is_never_taken_for_a_request() {
    let pair = Pair::start().await;
    for head in heads(&pair) {
        for [head, body] in framings(&head, &hidden()) {
            stays_hidden(&pair, "a poll in a body", &head, &body).await;
        }
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_no_request_either() {
    let pair = Pair::start().await;
    // Polls as far as one can see, aligned with any buffer.
    let poll = poll(&format!("room=caf%C3%A9&after=start&wait=0&_={}", "x".repeat(64)));
    let body = poll.repeat(200_000 / poll.len());
    for head in heads(&pair) {
        let [head, body] = framings(&head, &body).swap_remove(0);
        let said = pair.same("413", &Talk::of([[head.as_slice(), &body, END].concat()])).await;
        assert!(!said.contains("smuggled"), "{said}");
    }
}

#[tokio::test]
async fn a_body_that_begins_where_a_buffer_ends_is_read() {
    let pair = Pair::start().await;
    let body = hidden();
    let length = body.len();
    let post = format!("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    for size in [2_048, 8_192, 16_384, 32_768] {
        // Another request, so long that the head of the one with the body ends right there.
        let room = size - post.len() - "GET /healthz HTTP/1.1\r\nX: \r\n\r\n".len();
        let first = format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(room.min(8_000)));
        let rest = size - post.len() - first.len();
        let more = "GET /healthz HTTP/1.1\r\nX: \r\n\r\n".len();
        let filler = match rest.checked_sub(more) {
            Some(room) if rest > 0 => format!("GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(room)),
            _ => "\r\n".repeat(rest / 2),
        };
        let heads = format!("{first}{filler}{post}");
        let talk = Talk::ending([[heads.as_bytes(), &body].concat()]);
        for talk in [talk.at_once(), talk, Talk::ending([heads.as_bytes(), &body])] {
            let said = pair.same("at the brim", &talk).await;
            assert!(said.contains("415 Unsupported") && !said.contains("smuggled"), "{talk}: {said}");
        }
    }
}
