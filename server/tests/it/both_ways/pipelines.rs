//! Several requests in one piece, and pieces that arrive while earlier requests are answered: the answers
//! come in the order of the requests, whichever transport gives them.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;

use super::{Conversation, Pair, poll};

/// Starts both with holds of at most 30 ms.
async fn with_short_holds() -> Pair {
    let mut hub = HubConfig::default();
    hub.max_wait = Duration::from_millis(30);
    Pair::with(hub, ServeConfig::default()).await
}

fn requests() -> Vec<Vec<u8>> {
    let post = |kind: &str, body: &str| {
        let length = body.len();
        format!(
            "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    vec![
        poll("room=lobby&wait=0"),
        poll("room=tea&after=start"),
        // Held until its time is up.
        poll("room=lobby"),
        poll("room=nowhere"),
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        post("text/plain", "hello").into_bytes(),
        post("application/json", "{\"nickname\":7}").into_bytes(),
        b"HEAD /api/v1/poll?room=lobby HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        // A superfluous line break.
        [poll("room=tea&wait=0"), b"\r\n".to_vec()].concat(),
        b"GET /api/v1/poll?room=lobby&wait=0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".to_vec(),
    ]
}

#[tokio::test]
async fn two_requests_in_one_piece_and_in_two() {
    let pair = with_short_holds().await;
    for first in requests() {
        for second in requests() {
            let conversation = Conversation::ending([first.clone(), second.clone()]);
            let apart = pair.compare("two", &conversation).await;
            assert_eq!(pair.compare("two at once", &conversation.at_once()).await, apart);
        }
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn three_requests_in_one_piece_and_in_odd_pieces() {
    let pair = with_short_holds().await;
    let requests = requests();
    for (number, first) in requests.iter().enumerate() {
        for step in 1..requests.len() {
            let second = &requests[(number + step) % requests.len()];
            let third = &requests[(number + 3 * step) % requests.len()];
            let conversation = Conversation::ending([first.clone(), second.clone(), third.clone()]);
            let apart = pair.compare("three", &conversation).await;
            assert_eq!(pair.compare("three at once", &conversation.at_once()).await, apart);
            let all = [first.as_slice(), second, third].concat();
            let pieces = all.chunks(all.len() / 4 + 1);
            assert_eq!(pair.compare("three in pieces", &Conversation::ending(pieces)).await, apart);
        }
    }
    assert_eq!(pair.hub.held(), 0);
}

#[tokio::test]
async fn poll_that_exactly_fills_a_buffer() {
    let pair = with_short_holds().await;
    let other = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    for size in [2_047, 2_048, 2_049, 8_191, 8_192, 8_193, 16_384] {
        let short = poll("room=lobby&wait=0&_=").len();
        let long = poll(&format!("room=lobby&wait=0&_={}", "x".repeat(size - short)));
        assert_eq!(long.len(), size);
        for next in [poll("room=tea&wait=0"), other.clone()] {
            for before in [poll("room=lobby&wait=0"), other.clone()] {
                let conversation = Conversation::ending([before, long.clone(), next.clone()]);
                let apart = pair.compare("to the brim", &conversation).await;
                assert_eq!(pair.compare("to the brim, at once", &conversation.at_once()).await, apart);
            }
            let at_once = Conversation::ending([long.clone(), next]).at_once();
            pair.compare("first of all", &at_once).await;
        }
    }
}
