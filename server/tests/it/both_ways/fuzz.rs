//! Random conversations, most of them almost valid. Both ways must answer them alike, and nothing may be left
//! behind.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::random::Random;
use super::{Conversation, END, Pair, Way, poll};
use crate::support::{Connection, within};

/// The number of conversations for each seed.
const CONVERSATIONS: usize = 1_000;
/// The number of concurrent conversations.
const AT_ONCE: usize = 8;

/// Limits holds to 20 ms.
fn with_short_holds() -> HubConfig {
    let mut config = HubConfig::default();
    config.max_wait = Duration::from_millis(20);
    config
}

/// The requests that conversations consist of. None of them changes anything.
fn requests(pair: &Pair, tag: &str) -> Vec<Vec<u8>> {
    let (token, cursor) = (&pair.token, pair.cursor(holdline_shared::Seq(3)));
    let hidden = poll("room=caf%C3%A9&after=start&wait=0");
    let (length, text) = (hidden.len(), String::from_utf8(hidden).unwrap());
    let get =
        |path: &str, headers: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\n").into_bytes();
    let post = |headers: &str, body: &str| {
        let head =
            "POST /api/v1/rooms/lobby/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        format!("{head}{headers}\r\n{body}").into_bytes()
    };
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let sized = format!("Content-Length: {length}\r\n");
    let chunked = format!("{length:x}\r\n{text}\r\n0\r\n\r\n");
    vec![
        poll("room=lobby&wait=0"),
        poll("room=lobby"),
        poll("room=tea&room=lobby"),
        poll("room=tea&after=start"),
        poll(&format!("room=*&after={cursor}")),
        poll("room=nowhere"),
        poll("room=lobby&after=x"),
        get("/api/v1/poll?room=lobby&here=lobby", &bearer),
        get(&format!("/api/v1/poll?room=lobby&here=lobby&presence={tag}"), &bearer),
        get("/api/v1/poll?room=lobby&here=lobby", &format!("Cookie: a=b; holdline_session={token}\r\n")),
        get("/api/v1/poll?room=lobby&wait=0", "Connection: keep-alive\r\n"),
        get("/api/v1/poll?room=lobby&wait=0", "Connection: close\r\n"),
        get("/api/v1/poll?room=lobby&wait=0", "Content-Length: 0\r\n"),
        get(
            "/api/v1/poll?room=lobby&wait=0",
            "Accept: */*\r\nUser-Agent: Mozilla/5.0\r\nAccept-Language: de\r\n",
        ),
        get("/healthz", ""),
        get("/api/v1/rooms/lobby/messages", ""),
        b"HEAD /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        post(&sized, &text),
        post(&format!("{bearer}{sized}"), &text),
        post(&format!("{bearer}Transfer-Encoding: chunked\r\n"), &chunked),
        post("Transfer-Encoding: chunked\r\n", &chunked),
        post(&format!("{bearer}Expect: 100-continue\r\n{sized}"), &text),
        get("/healthz", &sized).into_iter().chain(text.bytes()).collect(),
        b"\r\n".to_vec(),
    ]
}

/// Makes a conversation: some requests, usually mutated, in some pieces.
fn conversation(random: &mut Random, requests: &[Vec<u8>]) -> Conversation {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(5) {
        bytes.extend(random.one_of(requests).iter());
    }
    while !random.once_in(3) {
        let other = random.one_of(requests).clone();
        random.mutate(&mut bytes, &other);
    }
    let mut pieces = random.pieces(&bytes, 5);
    // Completes the last request, or makes it invalid.
    pieces.push(["\r\n".repeat(200).as_bytes(), END].concat());
    Conversation::of(pieces).closing_after(Duration::from_secs(5))
}

async fn compare(seed: u64) {
    let pair = &Pair::with(with_short_holds(), ServeConfig::default()).await;
    let tag = pair.lobby().await.tag;
    let requests = &requests(pair, &tag);
    let random = &mut Random::new(seed);
    let conversations: Vec<_> = (0..CONVERSATIONS).map(|_| conversation(random, requests)).collect();
    let conversations = conversations.iter().enumerate().map(|(number, conversation)| async move {
        pair.compare(&format!("seed {seed}, conversation {number}"), conversation).await;
    });
    stream::iter(conversations).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    pair.holds_nothing().await;
    assert_eq!(pair.lobby().await.tag, tag, "nobody came or went");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_conversations_of_a_fixed_seed() {
    compare(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_conversations_of_a_fresh_seed() {
    compare(Random::seed()).await;
}

/// Sends the pieces, then closes its sending side and reads, or disconnects.
async fn attack(way: &Way, pieces: Vec<Vec<u8>>, reads: bool) {
    let mut stream = TcpStream::connect(way.address).await.unwrap();
    for piece in pieces {
        // The server may have cut the connection already.
        let _ = stream.write_all(&piece).await;
        tokio::task::yield_now().await;
    }
    if reads {
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_survives_random_attacks() {
    let seed = Random::seed();
    let limit = 20;
    let mut config = ServeConfig::default();
    config.max_connections = limit;
    let pair = &Pair::with(with_short_holds(), config).await;
    let requests = &requests(pair, "x");
    let random = &mut Random::new(seed);
    let attacks: Vec<_> = (0..CONVERSATIONS)
        .map(|_| {
            let mut bytes =
                if random.once_in(4) { random.bytes(3_000) } else { random.one_of(requests).repeat(2) };
            random.mutate(&mut bytes, &requests[0]);
            (random.pieces(&bytes, 4), random.once_in(2))
        })
        .collect();
    for way in [&pair.loops, &pair.plain] {
        let attacks = attacks.iter().cloned().map(|(pieces, reads)| attack(way, pieces, reads));
        within(
            &format!("all attacks of seed {seed}"),
            stream::iter(attacks).buffer_unordered(AT_ONCE).collect::<Vec<_>>(),
        )
        .await;
        pair.holds_nothing().await;
        let all_connections = async {
            let mut taken = Vec::new();
            while taken.len() < limit {
                let mut connection = Connection::open(way.address).await;
                let path = *random.one_of(&["/api/v1/poll?room=lobby&wait=0", "/healthz"]);
                if connection.get(path, "").await.status == 200 {
                    taken.push(connection);
                }
            }
        };
        within(&format!("every connection, after seed {seed}"), all_connections).await;
    }
}
