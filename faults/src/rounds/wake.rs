//! Nothing is broken; but each message is published at the very moment in which its readers poll again, many thousand
//! times. A wake-up that is lost then shows as a message that comes only when the hold is over.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{After, Batch, Cursor, RoomName, RoomSelection, Seq, Session};
use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Outcome;
use super::bench::Bench;
use crate::checker::{Hears, Ledger, Wrong};
use crate::http::{Ask, Http};

/// Rooms that play at the same time: a few per core.
const ROOMS: usize = 6;
/// A message that takes longer than this was not delivered by its wake-up.
const LATE: Duration = Duration::from_secs(3);
/// More than that, and longer than a poll is held here.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let mut server = bench.server()?;
    server.start().await?;
    let ledger = Arc::new(Ledger::default());
    let mut games = JoinSet::new();
    let time = Duration::from_secs(if bench.is_short { 6 } else { 45 });
    let end = Instant::now() + time;
    for n in 0..ROOMS {
        let room = RoomName::parse(&format!("wake-{n}"))?;
        let (http, ledger, rng) = (Http::new(server.address), ledger.clone(), bench.rng.fork());
        games.spawn(play(http, ledger, room, rng, end));
    }
    while let Some(game) = games.join_next().await {
        game??;
    }
    server.kill().await?;
    server.start().await?;
    Ok(Outcome::Ran(ledger.check(&server.read_log().await?)))
}

/// One room: says something, and says the next thing a hair before or after the reader, who has just heard it, polls
/// again.
async fn play(http: Http, ledger: Arc<Ledger>, room: RoomName, mut rng: Rng, end: Instant) -> Result<()> {
    let reply = http.ask(Ask::send(Method::POST, "/api/v1/session", "{}"), PATIENCE).await?;
    let session: Session = serde_json::from_slice(&reply.body)?;
    let bearer = format!("Bearer {}", session.token);
    let path = format!("/api/v1/rooms/{}", room.as_str());
    http.ask(Ask::send(Method::PUT, &path, "{}").header("authorization", &bearer), PATIENCE).await?;
    let name = format!("reader of {}", room.as_str());
    let reader =
        ledger.reader(name.clone(), RoomSelection::Named(vec![room.clone()]), Seq::START, Hears::Entries);
    let mut after = After::Start;
    let path = format!("{path}/messages");
    let mut first = poll(&http, &room, after).await?;
    ledger.saw(reader, &first.entries);
    after = After::At(first.cursor);
    while Instant::now() < end {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        let key = holdline_shared::PublishKey::from_random(bytes);
        ledger.tried(key);
        let ask = Ask::send(Method::POST, &path, format!(r#"{{"key":"{key}","text":"{key}"}}"#));
        let ask = ask.header("authorization", &bearer);
        // A few microseconds of head start for either, spun away: no timer is that fine.
        let (mine, theirs) = (spin(&mut rng), spin(&mut rng));
        let publish = async {
            mine();
            let reply = http.ask(ask, PATIENCE).await?;
            ensure!(reply.status == 201, "a publish was answered with {}", reply.words());
            Ok(serde_json::from_slice::<holdline_shared::Entry>(&reply.body)?)
        };
        let hear = async {
            theirs();
            let begun = Instant::now();
            let batch = poll(&http, &room, after).await?;
            Ok((batch, begun.elapsed()))
        };
        let (entry, (batch, took)) = tokio::try_join!(publish, hear)?;
        ledger.acknowledged(key, entry.seq);
        if took > LATE {
            ledger.complain(Wrong::Late, format!("{name} heard of {} after {took:?}", entry.seq));
        }
        ledger.saw(reader, &batch.entries);
        after = After::At(Cursor { seq: batch.cursor.seq, ..batch.cursor });
        first = batch;
    }
    drop(first);
    Ok(())
}

/// A pause too short to sleep.
fn spin(rng: &mut Rng) -> impl FnOnce() + use<> {
    let turns = if rng.bool() { 0 } else { rng.u32(..20_000) };
    move || (0..turns).for_each(|_| std::hint::spin_loop())
}

async fn poll(http: &Http, room: &RoomName, after: After) -> Result<Batch> {
    let path = format!("/api/v1/poll?room={}&after={after}&wait=10", room.as_str());
    let reply = http.ask(Ask::get(&path), PATIENCE).await?;
    ensure!(reply.status == 200, "a poll was answered with {}", reply.words());
    Ok(serde_json::from_slice(&reply.body)?)
}
