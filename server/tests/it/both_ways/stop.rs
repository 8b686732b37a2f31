//! Stopping with connections in every state: held polls are answered, idle connections are closed, slow
//! readers get the rest of their answers, and no new connection is accepted.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use holdline_server::ServeConfig;
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, MemoryLog};
use holdline_shared::Person;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::conversation::{settle, without_dates_and_ids};
use super::{Conversation, END, Way, poll};
use crate::support::{until, within};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// Starts a server in one of the ways, over a hub of its own.
async fn start(with_loops: bool, config: ServeConfig) -> (Arc<Hub>, Way) {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    for _ in 0..250 {
        let text = "x".repeat(1_000).parse().unwrap();
        hub.publish(Draft::say(Person::stdin(), "tea".parse().unwrap(), text)).await.unwrap();
    }
    let way = if with_loops {
        Way::loops(hub.clone(), config).await
    } else {
        Way::plain(hub.clone(), config).await
    };
    (hub, way)
}

/// The time after which the server closes a connection that waits for nothing.
const IDLE: Duration = Duration::from_secs(2);

/// Sends the pieces, stops the server once `holds` polls are held, and returns the output. The server gives up a client that does
/// not read after `patience`.
async fn stopped(with_loops: bool, pieces: &[Vec<u8>], holds: usize, patience: Duration) -> String {
    // The server waits for the rest of an incomplete head.
    let mut config = ServeConfig::default();
    config.head_timeout = Duration::from_secs(2);
    config.idle_timeout = patience;
    config.stop_timeout = Duration::from_secs(40);
    let (hub, mut way) = start(with_loops, config).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16_384).unwrap();
    let began = SystemTime::now();
    let mut stream = socket.connect(way.address).await.unwrap();
    let mut other = None;
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        settle(&mut other, way.address).await;
    }
    drop(other);
    until("it is held", || hub.held() == holds).await;
    way.begin_to_stop();
    let mut said = Vec::new();
    within("the end", async { while stream.read_buf(&mut said).await.expect("no reset") > 0 {} }).await;
    way.ended().await;
    assert_eq!(hub.held(), 0);
    // Each hub has its own log.
    without_dates_and_ids(&said, began).replace(&hub.log().epoch().to_string(), &"e".repeat(16))
}

#[tokio::test]
async fn connections_end_alike_at_a_stop() {
    let held = poll("room=lobby");
    let long = poll("room=tea&after=start&wait=0");
    for (pieces, holds) in [
        (vec![], 0),
        (vec![b"GET /api/v1/poll?room=lobby".to_vec()], 0),
        (vec![poll("room=lobby&wait=0")], 0),
        (vec![HEALTH.to_vec()], 0),
        (vec![poll("room=lobby&wait=0"), HEALTH.to_vec()], 0),
        (vec![HEALTH.to_vec(), poll("room=lobby&wait=0")], 0),
        (vec![held.clone()], 1),
        (vec![poll("room=*"), b"GET".to_vec()], 1),
        (vec![held.clone(), HEALTH.to_vec()], 1),
        (vec![held.clone(), held.clone()], 1),
        (vec![HEALTH.to_vec(), held.clone()], 1),
        (vec![[HEALTH, &held].concat()], 1),
        (vec![poll("room=lobby&room=tea"), poll("room=lobby&wait=0")], 1),
    ] {
        let loops = stopped(true, &pieces, holds, IDLE).await;
        assert_eq!(loops, stopped(false, &pieces, holds, IDLE).await, "{pieces:?}");
        assert_eq!(loops.contains("\r\nconnection: close\r\n"), holds == 1, "{loops}");
    }
    // More output than the buffers in between take: the answer that was begun is completed.
    let one = {
        let (_hub, way) = start(true, ServeConfig::default()).await;
        Conversation::of([long.clone(), END.to_vec()]).send_to(way.address).await.len()
            - Conversation::of([END.to_vec()]).send_to(way.address).await.len()
    };
    // Nothing is read before all of it was asked for, which may take a busy machine a while.
    let said =
        stopped(true, &vec![long; 5], 0, Duration::from_secs(40)).await.replace("connection: close\r\n", "");
    assert!((1..=5).any(|count| said.len() == count * one), "{} bytes of {one} each", said.len());
}

/// Requests that arrive just before the stop may stay without an answer, but do not spoil the answer to an earlier one.
#[tokio::test]
async fn unread_requests_at_a_stop_reset_nothing() {
    for round in 0..40 {
        let mut config = ServeConfig::default();
        config.stop_timeout = Duration::from_secs(40);
        let (_hub, mut way) = start(round % 2 == 0, config).await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16_384).unwrap();
        let mut stream = socket.connect(way.address).await.unwrap();
        stream.write_all(&poll("room=tea&after=start&wait=0")).await.unwrap();
        stream.readable().await.unwrap();
        stream.write_all(HEALTH).await.unwrap();
        stream.write_all(HEALTH).await.unwrap();
        way.begin_to_stop();
        let mut said = Vec::new();
        within("the end", stream.read_to_end(&mut said)).await.expect("no reset");
        way.ended().await;
        let said = String::from_utf8(said).unwrap();
        let (head, rest) = said.split_once("\r\n\r\n").unwrap();
        let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
        assert!(rest.len() >= length.parse().unwrap(), "{} bytes of {length} in round {round}", rest.len());
    }
}

#[tokio::test]
async fn new_connections_are_refused_during_a_stop() {
    for with_loops in [true, false] {
        let mut config = ServeConfig::default();
        config.stop_timeout = Duration::from_secs(40);
        let (_hub, mut way) = start(with_loops, config).await;
        // A request with a missing body keeps the server from ending.
        let mut stuck = TcpStream::connect(way.address).await.unwrap();
        stuck.write_all(b"POST /publish HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n").await.unwrap();
        settle(&mut None, way.address).await;
        way.begin_to_stop();
        let refused = async { while TcpStream::connect(way.address).await.is_ok() {} };
        within("the end of accepting", refused).await;
        stuck.write_all(b"ok").await.unwrap();
        let mut said = Vec::new();
        within("the answer", stuck.read_to_end(&mut said)).await.unwrap();
        assert!(said.starts_with(b"HTTP/1.1 ") && said.ends_with(b"\r\n\r\nok"), "{}", said.escape_ascii());
        way.ended().await;
    }
}
