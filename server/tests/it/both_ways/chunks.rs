//! Requests that arrive in two pieces, split at every byte.

use super::{Conversation, END, Pair, poll};

/// Sends the bytes in two pieces, split at every possible place.
async fn split(pair: &Pair, what: &str, bytes: &[u8]) {
    let whole = Conversation::of([bytes]).send_to(pair.plain.address).await;
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        let said = pair.compare(what, &Conversation::of([first, second])).await;
        assert_eq!(said, whole, "{what}, split at {at}");
    }
}

#[tokio::test]
async fn two_polls_are_split_at_every_byte() {
    let pair = Pair::start().await;
    let two = [poll("room=lobby&after=start"), poll("room=tea&wait=0"), END.to_vec()].concat();
    split(&pair, "two polls", &two).await;
}

#[tokio::test]
async fn request_between_polls_is_split_at_every_byte() {
    let pair = Pair::start().await;
    let other = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let three = [poll("room=tea&wait=0"), other, poll("room=lobby&wait=0"), END.to_vec()].concat();
    split(&pair, "a poll between", &three).await;
}

#[tokio::test]
async fn body_before_a_poll_is_split_at_every_byte() {
    let pair = Pair::start().await;
    // The body is itself a poll, which must not be answered.
    let body = poll("room=lobby&after=start");
    let head = format!("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    let posts = [head.into_bytes(), body, poll("room=tea&wait=0"), END.to_vec()].concat();
    split(&pair, "a body that looks like a poll", &posts).await;
}
