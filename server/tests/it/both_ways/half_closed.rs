//! Clients that close their side, or vanish, at all moments.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::talk::{settle, without_dates};
use super::{Pair, Way, poll};
use crate::support::{until, within};

/// Sends these pieces, each once the server has taken the one before, and closes its side.
async fn says_and_closes(way: &Way, pieces: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(way.address).await.unwrap();
    let mut other = None;
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        settle(&mut other, way.address).await;
    }
    stream.shutdown().await.unwrap();
    let mut said = Vec::new();
    // A reset is an end, too.
    within("the end", async { while stream.read_buf(&mut said).await.is_ok_and(|count| count > 0) {} }).await;
    without_dates(&said)
}

#[tokio::test]
async fn who_has_said_all_is_answered_or_let_go_the_same() {
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
        // Held when the client closes its side: nobody waits for the answer.
        &[&held],
        &[health, &held],
    ];
    for pieces in pieces {
        let [loops, plain] = [&pair.loops, &pair.plain].map(|way| says_and_closes(way, pieces));
        assert_eq!(loops.await, plain.await, "{pieces:?}");
        pair.holds_nothing().await;
    }
}

#[tokio::test]
async fn who_has_asked_for_more_meanwhile_gets_all_of_it() {
    let pair = Pair::start().await;
    let health: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let next = poll("room=tea&wait=0");
    let held = poll("room=lobby");
    for rest in [health, &next, &[next.as_slice(), health].concat(), &health[..9], &held] {
        let pieces = [held.as_slice(), rest];
        let answers = async {
            tokio::join!(says_and_closes(&pair.loops, &pieces), says_and_closes(&pair.plain, &pieces))
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
async fn who_vanishes_is_forgotten() {
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
