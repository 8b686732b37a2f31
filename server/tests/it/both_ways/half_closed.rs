//! Clients that close their sending side, or vanish, at any moment.

use std::time::SystemTime;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::conversation::{settle, without_dates_and_ids};
use super::{Pair, Way, poll};
use crate::support::{until, within};

/// Sends the pieces, each once the server has read the one before, and closes the sending side.
async fn send_and_half_close(way: &Way, pieces: &[&[u8]]) -> String {
    let began = SystemTime::now();
    let mut stream = TcpStream::connect(way.address).await.unwrap();
    let mut other = None;
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        settle(&mut other, way.address).await;
    }
    stream.shutdown().await.unwrap();
    let mut said = Vec::new();
    // A reset counts as an end.
    within("the end", async { while stream.read_buf(&mut said).await.is_ok_and(|count| count > 0) {} }).await;
    without_dates_and_ids(&said, began)
}

#[tokio::test]
async fn half_closed_connection_ends_alike() {
    let pair = Pair::start().await;
    let health: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let held = poll("room=lobby");
    let poll = poll("room=lobby&wait=0");
    let pieces: [&[&[u8]]; 8] = [
        &[],
        &[b"GET /api"],
        &[&held[..held.len() - 2]],
        &[health],
        &[&poll],
        &[&poll, health],
        // The poll is held when the client closes its side: nobody waits for its answer.
        &[&held],
        &[health, &held],
    ];
    for pieces in pieces {
        let [loops, plain] = [&pair.loops, &pair.plain].map(|way| send_and_half_close(way, pieces));
        assert_eq!(loops.await, plain.await, "{pieces:?}");
        pair.holds_nothing().await;
    }
}

#[tokio::test]
async fn requests_during_a_held_poll_are_answered_after_a_half_close() {
    let pair = Pair::start().await;
    let health: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let next = poll("room=tea&wait=0");
    let held = poll("room=lobby");
    for rest in [health, &next, &[next.as_slice(), health].concat(), &health[..9], &held] {
        let pieces = [held.as_slice(), rest];
        let answers = async {
            tokio::join!(send_and_half_close(&pair.loops, &pieces), send_and_half_close(&pair.plain, &pieces))
        };
        let publishes = async {
            until("both are held", || pair.hub.held() == 2).await;
            let mut other = None;
            for _ in 0..3 {
                settle(&mut other, pair.loops.address).await;
            }
            pair.says("lobby", "and now").await;
        };
        let ((loops, plain), ()) = tokio::join!(answers, publishes);
        assert_eq!(loops, plain, "{}", rest.escape_ascii());
        pair.holds_nothing().await;
    }
}

#[tokio::test]
async fn polls_of_vanished_clients_are_released() {
    let pair = Pair::start().await;
    for way in [&pair.loops, &pair.plain] {
        for resets in [false, true] {
            let mut crowd = Vec::new();
            for number in 0..10 {
                let mut stream = TcpStream::connect(way.address).await.unwrap();
                stream.write_all(&poll("room=lobby&room=tea")).await.unwrap();
                until("it is held", || pair.hub.held() == number + 1).await;
                if resets {
                    socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).unwrap();
                }
                crowd.push(stream);
            }
            drop(crowd);
            pair.holds_nothing().await;
        }
    }
}

/// Sends a request and closes the sending side at once, as `printf … | nc -N` does.
async fn send_and_half_close_at_once(way: &Way, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(way.address).await.unwrap();
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut said = Vec::new();
    within("the end", stream.read_to_end(&mut said)).await.unwrap();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn request_before_a_half_close_is_answered() {
    let pair = Pair::start().await;
    for way in [&pair.loops, &pair.plain] {
        for (request, answer) in [
            ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), "ok\n"),
            ("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "ok\n"),
            ("GET /api/v1/rooms/lobby/messages HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "\"one\""),
            (String::from_utf8(poll("room=lobby&after=start&wait=0")).unwrap(), "\"one\""),
            (String::from_utf8(poll("room=lobby&after=start")).unwrap(), "\"one\""),
            ("GET /subscribe?wait=0 HTTP/1.0\r\n\r\n".to_owned(), "200 OK"),
            ("POST /publish HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi".to_owned(), "ok"),
        ] {
            let said = send_and_half_close_at_once(way, request.as_bytes()).await;
            assert!(said.contains(" 200 OK\r\n") && said.contains(answer), "{}: {request}{said}", way.name);
        }
    }
}

#[tokio::test]
async fn half_close_ends_a_held_poll() {
    let pair = Pair::start().await;
    for way in [&pair.loops, &pair.plain] {
        for path in ["/api/v1/poll?room=lobby", "/subscribe", "/api/v1/events?room=lobby"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            send_and_half_close_at_once(way, request.as_bytes()).await;
            pair.holds_nothing().await;
        }
    }
}

/// The log is on a disk, so that the answer takes a while.
#[tokio::test]
async fn publish_before_a_half_close_is_stored_and_answered() {
    const COUNT: usize = 50;
    for event_loops in [1, 0] {
        let mut config = holdline_server::ServeConfig::default();
        config.event_loops = Some(event_loops);
        let folder = tempfile::tempdir().unwrap();
        let log = holdline_server::log::SqliteLog::open(&folder.path().join("holdline.db")).unwrap();
        let hub = holdline_server::hub::Hub::open(std::sync::Arc::new(log)).await.unwrap();
        let way = if event_loops > 0 {
            Way::loops(hub.clone(), config).await
        } else {
            Way::plain(hub.clone(), config).await
        };
        let mut ada = way.visitor();
        ada.enters("Ada").await;
        let token = ada.token();
        let requests: Vec<String> = (0..COUNT)
            .flat_map(|number| {
                let body = format!(r#"{{"key":"{}","text":"message {number}"}}"#, crate::support::key());
                let length = body.len();
                [
                    format!(
                        "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
                         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
                    ),
                    format!("POST /publish HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}"),
                ]
            })
            .collect();
        let answers = requests.iter().map(|request| send_and_half_close_at_once(&way, request.as_bytes()));
        for answer in futures_util::future::join_all(answers).await {
            let status = &answer[..answer.len().min(13)];
            assert!(status.ends_with(" 201 ") || status.ends_with(" 200 "), "{}: {answer:?}", way.name);
        }
        assert_eq!(way.visitor().history("lobby").await.messages.len(), 50, "a page");
        assert_eq!(hub.head().0, 1 + 2 * COUNT as u64, "{}: all are stored", way.name);
    }
}
