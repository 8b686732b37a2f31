//! Clients that take their time to read: answers go out in parts, and what comes after them waits its turn.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::talk::{settle, without_dates_and_ids};
use super::{END, Pair, Way, poll};
use crate::support::{until, within};

/// A connection that holds little of what the server says.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    socket.connect(address).await.unwrap()
}

/// A pair with a batch that fills all buffers between server and client.
async fn with_much_to_say() -> Pair {
    let pair = Pair::start().await;
    let text = "x".repeat(3_900);
    for _ in 0..300 {
        pair.says("tea", &text).await;
    }
    pair
}

/// Asks without reading, until the server does not get rid of its answers any more; then for the end, then reads.
async fn asks_and_then_reads(way: &Way, requests: &[Vec<u8>]) -> String {
    let began = SystemTime::now();
    let mut stream = narrow(way.address).await;
    let mut other = None;
    for request in requests {
        stream.write_all(request).await.unwrap();
        settle(&mut other, way.address).await;
    }
    let mut said = Vec::new();
    stream.write_all(END).await.unwrap();
    within("all of it", async { while stream.read_buf(&mut said).await.unwrap() > 0 {} }).await;
    without_dates_and_ids(&said, began)
}

#[tokio::test]
async fn a_slow_reader_gets_everything_in_order() {
    let pair = with_much_to_say().await;
    let all = poll("room=tea&after=start");
    let health = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let short = poll("room=lobby&after=start");
    for requests in [
        vec![all.clone()],
        vec![all.clone(); 8],
        vec![all.clone(), short.clone(), all.clone(), health.clone(), all.clone(), short.clone()],
        vec![[all.clone(), all.clone(), health.clone(), all.clone(), short.clone()].concat()],
        vec![health, all.clone(), all, short],
    ] {
        let loops = asks_and_then_reads(&pair.loops, &requests).await;
        let plain = asks_and_then_reads(&pair.plain, &requests).await;
        assert!(loops.len() > 200_000 && loops.ends_with("ok\n"));
        // Too long to be shown.
        assert!(loops == plain, "{} and {} bytes", loops.len(), plain.len());
    }
}

#[tokio::test]
async fn a_held_poll_whose_answer_is_long() {
    let pair = with_much_to_say().await;
    let requests = [poll("room=tea"), poll("room=tea&after=start"), poll("room=tea&after=start&wait=0")];
    let speaks = async {
        until("both are held", || pair.hub.held() == 2).await;
        pair.says("tea", &"y".repeat(3_900)).await;
    };
    let (loops, plain, ()) = tokio::join!(
        asks_and_then_reads(&pair.loops, &requests),
        asks_and_then_reads(&pair.plain, &requests),
        speaks
    );
    assert!(loops == plain, "{} and {} bytes", loops.len(), plain.len());
}

#[tokio::test]
async fn who_closes_while_an_answer_is_written() {
    let pair = with_much_to_say().await;
    for way in [&pair.loops, &pair.plain] {
        let mut other = None;
        for closes in [false, true] {
            let mut stream = narrow(way.address).await;
            for _ in 0..60 {
                stream.write_all(&poll("room=tea&after=start")).await.unwrap();
            }
            settle(&mut other, way.address).await;
            if closes {
                stream.shutdown().await.unwrap();
                settle(&mut other, way.address).await;
            }
            drop(stream);
        }
    }
    tokio::time::timeout(Duration::from_secs(60), pair.holds_nothing()).await.unwrap();
}
