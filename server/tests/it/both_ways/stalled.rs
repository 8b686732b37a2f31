//! Clients that read slowly: below the rate they are cut off, above it they are not.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{END, Pair, Way, poll};
use crate::support::within;

/// The number of answers that are requested; a single one is more than a slow client reads.
const REQUESTS: usize = 6;

/// Starts both with a batch of 256 KiB and this window of the stall rule.
async fn with_large_batch(stall_timeout: Duration) -> Pair {
    let mut config = ServeConfig::default();
    config.stall_timeout = stall_timeout;
    let pair = Pair::with(HubConfig::default(), config).await;
    let text = "x".repeat(3_900);
    for _ in 0..300 {
        pair.says("tea", &text).await;
    }
    pair
}

/// Requests far more than the buffers between a server and a client hold.
async fn request_much(way: &Way) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(way.address).await.unwrap();
    let mut requests = poll("room=tea&after=start").repeat(REQUESTS);
    requests.extend_from_slice(END);
    stream.write_all(&requests).await.unwrap();
    stream
}

/// Reads this many bytes after each pause, until the end or until `enough` bytes have come. Returns their
/// number.
async fn read_slowly(stream: &mut TcpStream, bytes: usize, pause: Duration, enough: usize) -> usize {
    let (mut buffer, mut sum) = (vec![0; bytes], 0);
    while sum < enough {
        match stream.read(&mut buffer).await {
            // A reset counts as an end.
            Ok(0) | Err(_) => break,
            Ok(length) => sum += length,
        }
        tokio::time::sleep(pause).await;
    }
    sum
}

#[tokio::test]
async fn client_below_the_rate_is_cut_off() {
    let pair = with_large_batch(Duration::from_millis(400)).await;
    for (number, way) in (1..).zip([&pair.loops, &pair.plain]) {
        let mut stream = request_much(way).await;
        let pause = Duration::from_millis(100);
        let sum = within("the cut", read_slowly(&mut stream, 256, pause, usize::MAX)).await;
        assert!(sum < REQUESTS * 256 * 1024, "{}: all of {sum} bytes", way.name);
        assert_eq!(way.visitor().figure("holdline_connections_stalled_total").await, number, "{}", way.name);
    }
}

#[tokio::test]
async fn unread_event_stream_is_cut_off() {
    let pair = with_large_batch(Duration::from_millis(400)).await;
    for (number, way) in (1..).zip([&pair.loops, &pair.plain]) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(way.address).await.unwrap();
        let request = "GET /api/v1/events?room=tea&after=start HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        // Publishes more than the kernel buffers for a client that does not read.
        let speaks = async {
            let text = "y".repeat(3_900);
            while way.visitor().figure("holdline_connections_stalled_total").await < number {
                for _ in 0..100 {
                    pair.says("tea", &text).await;
                }
            }
        };
        let pause = Duration::from_millis(100);
        let reading = read_slowly(&mut stream, 256, pause, usize::MAX);
        within("the cut", async { tokio::join!(speaks, reading) }).await;
    }
}

#[tokio::test]
async fn client_above_the_rate_is_not_cut_off() {
    const ENOUGH: usize = 250_000;
    let pair = with_large_batch(Duration::from_secs(2)).await;
    let both = [&pair.loops, &pair.plain].map(|way| async move {
        let mut stream = request_much(way).await;
        // Reads during several windows; the kernels' buffers do not last that long.
        let sum = read_slowly(&mut stream, 8_192, Duration::from_millis(100), ENOUGH).await;
        assert!(sum >= ENOUGH, "{}: cut off after {sum} bytes", way.name);
        assert_eq!(way.visitor().figure("holdline_connections_stalled_total").await, 0);
    });
    futures_util::future::join_all(both).await;
}

#[tokio::test]
async fn two_hundred_slow_readers_are_all_cut_off() {
    const READERS: usize = 200;
    let pair = with_large_batch(Duration::from_millis(400)).await;
    for way in [&pair.loops, &pair.plain] {
        let before = way.visitor().figure("holdline_connections_stalled_total").await;
        let mut crowd = Vec::new();
        for _ in 0..READERS {
            crowd.push(request_much(way).await);
        }
        // The clients continue to read: a byte from time to time.
        let slowly = crowd.iter_mut().map(|stream| async move {
            read_slowly(stream, 1, Duration::from_millis(400), usize::MAX).await
        });
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
        // The connections are gone, with their buffers.
        let are_gone =
            async { while way.visitor().figure("holdline_connections").await >= READERS as u64 / 2 {} };
        within("the end of their connections", are_gone).await;
    }
}
