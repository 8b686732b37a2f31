//! Requests that arrive in two pieces, split at every byte.

use super::{END, Pair, Talk, poll};

/// Sends the bytes in two pieces, split at every one of these places.
async fn split(pair: &Pair, what: &str, bytes: &[u8]) {
    let whole = Talk::of([bytes]).with(pair.plain.address).await;
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        let said = pair.same(what, &Talk::of([first, second])).await;
        assert_eq!(said, whole, "{what}, split at {at}");
    }
}

#[tokio::test]
async fn a_poll_and_a_poll() {
    let pair = Pair::start().await;
    let two = [poll("room=lobby&after=start"), poll("room=tea&wait=0"), END.to_vec()].concat();
    split(&pair, "two polls", &two).await;
}

#[tokio::test]
async fn a_poll_and_something_else_and_a_poll() {
    let pair = Pair::start().await;
    let other = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let three = [poll("room=tea&wait=0"), other, poll("room=lobby&wait=0"), END.to_vec()].concat();
    split(&pair, "a poll between", &three).await;
}

#[tokio::test]
async fn a_body_and_a_poll() {
    let pair = Pair::start().await;
    // The body is itself a poll, which nobody must answer.
    let body = poll("room=lobby&after=start");
    let head = format!("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    let posts = [head.into_bytes(), body, poll("room=tea&wait=0"), END.to_vec()].concat();
    split(&pair, "a body that looks like a poll", &posts).await;
}
