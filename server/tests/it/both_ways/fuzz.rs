//! What nobody thought of: conversations made by chance, most of them almost right. Both ways must answer the same, and
//! nothing may be left behind.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::mutation::Chance;
use super::{END, Pair, Talk, Way, poll};
use crate::support::{Connection, within};

/// Conversations for each seed.
const CONVERSATIONS: usize = 1_000;
/// Conversations at once.
const AT_ONCE: usize = 8;

/// Polls are held, but never for long.
fn impatient() -> HubConfig {
    let mut config = HubConfig::default();
    config.max_wait = Duration::from_millis(20);
    config
}

/// Requests from which conversations are made. None of them changes anything.
fn words(pair: &Pair, tag: &str) -> Vec<Vec<u8>> {
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

/// A conversation: some requests, most of the time spoilt, in some pieces.
fn conversation(chance: &mut Chance, words: &[Vec<u8>]) -> Talk {
    let mut bytes = Vec::new();
    for _ in 0..=chance.below(5) {
        bytes.extend(chance.one_of(words).iter());
    }
    while !chance.once_in(3) {
        let other = chance.one_of(words).clone();
        chance.spoil(&mut bytes, &other);
    }
    let mut pieces = chance.pieces(&bytes, 5);
    // Whatever is missing of the last one, this makes it complete, or wrong.
    pieces.push(["\r\n".repeat(200).as_bytes(), END].concat());
    Talk::of(pieces).with_patience(Duration::from_secs(5))
}

async fn compare(seed: u64) {
    let pair = &Pair::with(impatient(), ServeConfig::default()).await;
    let tag = pair.lobby().await.tag;
    let words = &words(pair, &tag);
    let chance = &mut Chance::new(seed);
    let talks: Vec<_> = (0..CONVERSATIONS).map(|_| conversation(chance, words)).collect();
    let talks = talks.iter().enumerate().map(|(number, talk)| async move {
        pair.same(&format!("seed {seed}, conversation {number}"), talk).await;
    });
    stream::iter(talks).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    pair.holds_nothing().await;
    assert_eq!(pair.lobby().await.tag, tag, "nobody came or went");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_by_chance() {
    compare(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_by_another_chance_each_time() {
    compare(Chance::seed()).await;
}

/// Sends all of it, and goes away somehow.
async fn molest(way: &Way, pieces: Vec<Vec<u8>>, reads: bool) {
    let mut stream = TcpStream::connect(way.address).await.unwrap();
    for piece in pieces {
        // It may have been cut off long ago.
        let _ = stream.write_all(&piece).await;
        tokio::task::yield_now().await;
    }
    if reads {
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_survives_all_of_it() {
    let seed = Chance::seed();
    let seats = 20;
    let mut config = ServeConfig::default();
    config.max_connections = seats;
    let pair = &Pair::with(impatient(), config).await;
    let words = &words(pair, "x");
    let chance = &mut Chance::new(seed);
    let attacks: Vec<_> = (0..CONVERSATIONS)
        .map(|_| {
            let mut bytes =
                if chance.once_in(4) { chance.bytes(3_000) } else { chance.one_of(words).repeat(2) };
            chance.spoil(&mut bytes, &words[0]);
            (chance.pieces(&bytes, 4), chance.once_in(2))
        })
        .collect();
    for way in [&pair.loops, &pair.plain] {
        let attacks = attacks.iter().cloned().map(|(pieces, reads)| molest(way, pieces, reads));
        within(
            &format!("all attacks of seed {seed}"),
            stream::iter(attacks).buffer_unordered(AT_ONCE).collect::<Vec<_>>(),
        )
        .await;
        pair.holds_nothing().await;
        let all_seats = async {
            let mut taken = Vec::new();
            while taken.len() < seats {
                let mut connection = Connection::open(way.address).await;
                let path = *chance.one_of(&["/api/v1/poll?room=lobby&wait=0", "/healthz"]);
                if connection.get(path, "").await.status == 200 {
                    taken.push(connection);
                }
            }
        };
        within(&format!("all seats, after seed {seed}"), all_seats).await;
    }
}
