//! Slow readers: an answer is sent in parts, and the next requests wait for it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::conversation::{settle, without_dates_and_ids};
use super::{END, Pair, Way, poll};
use crate::support::{until, within};

/// Opens a connection with a small receive buffer.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    socket.connect(address).await.unwrap()
}

/// Starts both with a batch that fills all buffers between server and client.
async fn with_large_batch() -> Pair {
    let pair = Pair::start().await;
    let text = "x".repeat(3_900);
    for _ in 0..300 {
        pair.says("tea", &text).await;
    }
    pair
}

/// Sends requests without reading, until the server cannot write any more; then ends the conversation and
/// reads.
async fn send_then_read(way: &Way, requests: &[Vec<u8>]) -> String {
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
async fn slow_reader_gets_everything_in_order() {
    let pair = with_large_batch().await;
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
        let loops = send_then_read(&pair.loops, &requests).await;
        let plain = send_then_read(&pair.plain, &requests).await;
        assert!(loops.len() > 200_000 && loops.ends_with("ok\n"));
        // The outputs are too long to print.
        assert!(loops == plain, "{} and {} bytes", loops.len(), plain.len());
    }
}

#[tokio::test]
async fn slow_reader_gets_the_long_answer_of_a_held_poll() {
    let pair = with_large_batch().await;
    let requests = [poll("room=tea"), poll("room=tea&after=start"), poll("room=tea&after=start&wait=0")];
    let speaks = async {
        until("both are held", || pair.hub.held() == 2).await;
        pair.says("tea", &"y".repeat(3_900)).await;
    };
    let (loops, plain, ()) =
        tokio::join!(send_then_read(&pair.loops, &requests), send_then_read(&pair.plain, &requests), speaks);
    assert!(loops == plain, "{} and {} bytes", loops.len(), plain.len());
}

#[tokio::test]
async fn close_during_an_answer_leaves_nothing_behind() {
    let pair = with_large_batch().await;
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
