//! Clients that take little of what they asked for: below the rate they are cut off, above it they are not.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{END, Pair, Way, poll};
use crate::support::within;

/// Answers of which one alone is more than a slow client takes.
const REQUESTS: usize = 12;

/// A pair with a batch of 256 KiB, which gives its clients this long to take a part of an answer.
async fn with_much_to_say(stall_timeout: Duration) -> Pair {
    let mut config = ServeConfig::default();
    config.stall_timeout = stall_timeout;
    let pair = Pair::with(HubConfig::default(), config).await;
    let text = "x".repeat(3_900);
    for _ in 0..300 {
        pair.says("tea", &text).await;
    }
    pair
}

/// Asks for much more than lies between a server and a client that holds little.
async fn asks_for_much(way: &Way) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(way.address).await.unwrap();
    let mut requests = poll("room=tea&after=start").repeat(REQUESTS);
    requests.extend_from_slice(END);
    stream.write_all(&requests).await.unwrap();
    stream
}

/// Reads this many bytes now and then, until the end or until there were enough of them. Answers how many there were.
async fn reads(stream: &mut TcpStream, bytes: usize, pause: Duration, enough: usize) -> usize {
    let (mut buffer, mut sum) = (vec![0; bytes], 0);
    while sum < enough {
        match stream.read(&mut buffer).await {
            // A reset is an end, too.
            Ok(0) | Err(_) => break,
            Ok(length) => sum += length,
        }
        tokio::time::sleep(pause).await;
    }
    sum
}

#[tokio::test]
async fn a_client_that_takes_little_now_and_then_is_cut_off() {
    let pair = with_much_to_say(Duration::from_millis(400)).await;
    for (number, way) in (1..).zip([&pair.loops, &pair.plain]) {
        let mut stream = asks_for_much(way).await;
        let pause = Duration::from_millis(100);
        let sum = within("the cut", reads(&mut stream, 256, pause, usize::MAX)).await;
        assert!(sum < REQUESTS * 256 * 1024, "{}: all of {sum} bytes", way.name);
        assert_eq!(way.visitor().figure("holdline_connections_stalled_total").await, number, "{}", way.name);
    }
}

#[tokio::test]
async fn a_stream_of_events_that_is_not_taken_is_cut_off() {
    let pair = with_much_to_say(Duration::from_millis(400)).await;
    for (number, way) in (1..).zip([&pair.loops, &pair.plain]) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(way.address).await.unwrap();
        let request = "GET /api/v1/events?room=tea&after=start HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        // More is said than the kernel takes for a client that does not read.
        let speaks = async {
            let text = "y".repeat(3_900);
            while way.visitor().figure("holdline_connections_stalled_total").await < number {
                for _ in 0..100 {
                    pair.says("tea", &text).await;
                }
            }
        };
        let pause = Duration::from_millis(100);
        let reading = reads(&mut stream, 256, pause, usize::MAX);
        within("the cut", async { tokio::join!(speaks, reading) }).await;
    }
}

#[tokio::test]
async fn a_slow_but_honest_client_is_not_cut_off() {
    const ENOUGH: usize = 80_000;
    let pair = with_much_to_say(Duration::from_secs(1)).await;
    let both = [&pair.loops, &pair.plain].map(|way| async move {
        let mut stream = asks_for_much(way).await;
        // For several windows five times the least that has to be taken. The kernel has no reason yet to tell the server of
        // room for more.
        let sum = reads(&mut stream, 2_048, Duration::from_millis(100), ENOUGH).await;
        assert!(sum >= ENOUGH, "{}: cut off after {sum} bytes", way.name);
        assert_eq!(way.visitor().figure("holdline_connections_stalled_total").await, 0);
    });
    futures_util::future::join_all(both).await;
}

#[tokio::test]
async fn two_hundred_slow_readers_are_all_let_go() {
    const READERS: usize = 200;
    let pair = with_much_to_say(Duration::from_millis(400)).await;
    for way in [&pair.loops, &pair.plain] {
        let before = way.visitor().figure("holdline_connections_stalled_total").await;
        let mut crowd = Vec::new();
        for _ in 0..READERS {
            crowd.push(asks_for_much(way).await);
        }
        // They go on reading, a kilobyte a minute or so: a byte now and then.
        let slowly = crowd
            .iter_mut()
            .map(|stream| async move { reads(stream, 1, Duration::from_millis(400), usize::MAX).await });
        let all_cut = async {
            while way.visitor().figure("holdline_connections_stalled_total").await < before + READERS as u64 {
                tokio::task::yield_now().await;
            }
        };
        let reading = futures_util::future::join_all(slowly);
        within("the cuts", async {
            tokio::select! { () = all_cut => {}, _ = reading => panic!("nobody reads to the end") }
        })
        .await;
        // What they held is gone with their connections.
        let are_gone =
            async { while way.visitor().figure("holdline_connections").await >= READERS as u64 / 2 {} };
        within("the end of their connections", are_gone).await;
    }
}
