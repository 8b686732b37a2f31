//! Nothing is broken; but each message, edit, deletion and reaction is published at the very moment in which its readers
//! poll again, many thousand times. A wake-up that is lost then shows as a message that comes only when the hold is over.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{
    After, Batch, EditRequest, Entry, MessageText, PersonId, PublishKey, RoomName, RoomSelection, Seq,
    Session,
};
use hyper::Method;
use tokio::task::{JoinSet, yield_now};
use tokio::time::Instant;

use super::Outcome;
use super::bench::{Bench, compare_history};
use crate::checker::{ChangeAnswer, ChangeKind, ChangeRequest, Hears, Ledger, ReaderId, Wrong};
use crate::http::{Ask, Http};

/// Rooms in which the game is played at the same time, and readers of each.
const ROOMS: usize = 4;
const READERS: usize = 4;
/// A message that takes longer than this was not delivered by its wake-up; polls are held longer than that.
const LATE: Duration = Duration::from_secs(3);
const HELD: u64 = 8;
const PATIENCE: Duration = Duration::from_secs(20);
/// Nothing is held back for longer than this, however slow the machine is.
const LONGEST: Duration = Duration::from_millis(5);
/// A file system in memory, where there is one: without the disk's part, publishing takes about as long as polling, and
/// the two meet more often.
const MEMORY: &str = "/dev/shm";

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    if Path::new(MEMORY).is_dir() {
        bench.folder = tempfile::Builder::new().prefix("holdline-faults-").tempdir_in(MEMORY)?;
    }
    let mut server = bench.server()?;
    server.start().await?;
    let ledger = Arc::new(Ledger::default());
    let end = Instant::now() + Duration::from_secs(if bench.is_short { 8 } else { 50 });
    let mut games = JoinSet::new();
    for n in 0..ROOMS {
        let room = RoomName::parse(&format!("wake-{n}"))?;
        let game = Game::new(Http::new(server.address), ledger.clone(), room, bench.rng.fork()).await?;
        games.spawn(game.play(end));
    }
    while let Some(game) = games.join_next().await {
        game??;
    }
    server.kill().await?;
    server.start().await?;
    let log = server.read_log().await?;
    let mut verdict = ledger.check(&log);
    compare_history(&server, &log, &log, &mut verdict).await?;
    Ok(Outcome::Ran(verdict))
}

/// One room, its publisher and its readers.
struct Game {
    http: Http,
    ledger: Arc<Ledger>,
    room: RoomName,
    rng: Rng,
    bearer: String,
    author: PersonId,
    /// The newest message, unless it was deleted; `is_liked` tells whether it has a reaction.
    last: Option<Seq>,
    is_liked: bool,
    readers: Vec<(ReaderId, After)>,
    /// How long a publish took lately, until its answer.
    lately: Duration,
}

impl Game {
    /// Makes the room.
    async fn new(http: Http, ledger: Arc<Ledger>, room: RoomName, rng: Rng) -> Result<Self> {
        let reply = http.ask(Ask::send(Method::POST, "/api/v1/session", "{}"), PATIENCE).await?;
        let session: Session = serde_json::from_slice(&reply.body)?;
        let bearer = format!("Bearer {}", session.token.unwrap_or_default());
        let path = format!("/api/v1/rooms/{}", room.as_str());
        http.ask(Ask::send(Method::PUT, &path, "{}").header("authorization", &bearer), PATIENCE).await?;
        let rooms = RoomSelection::Named(vec![room.clone()]);
        let reader = |n| {
            let name = format!("reader {n} of {}", room.as_str());
            (ledger.reader(name, rooms.clone(), Seq::START, Hears::Entries), After::Start)
        };
        let readers = (0..READERS).map(reader).collect();
        let author = session.person.id;
        let (last, is_liked, lately) = (None, false, Duration::ZERO);
        Ok(Self { http, ledger, room, rng, bearer, author, last, is_liked, readers, lately })
    }

    /// Says something, and lets each reader poll a little later, as late as the publish is expected to take; then the
    /// same again, once all have heard it.
    async fn play(mut self, end: Instant) -> Result<()> {
        for (reader, after) in &mut self.readers {
            let asked = self.ledger.line();
            let batch = poll(&self.http, &self.room, *after).await?;
            self.ledger.saw(*reader, asked, &batch.entries);
            *after = After::At(batch.cursor);
        }
        while Instant::now() < end {
            let begun = Instant::now();
            let asked = self.ledger.line();
            let mut polls = JoinSet::new();
            for (n, (_, after)) in self.readers.iter().enumerate() {
                let at = begun + self.lately.min(LONGEST).mul_f64(self.rng.f64() * 1.3);
                let (http, room, after) = (self.http.clone(), self.room.clone(), *after);
                polls.spawn(async move {
                    until(at).await;
                    poll(&http, &room, after).await.map(|batch| (n, batch, Instant::now() - begun))
                });
            }
            let seq = self.publish().await?;
            self.lately = (self.lately * 7 + begun.elapsed()) / 8;
            while let Some(polled) = polls.join_next().await {
                let (n, batch, took) = polled??;
                let (reader, after) = &mut self.readers[n];
                if took > LATE {
                    let what = format!("reader {n} of {} heard of {seq} after {took:?}", self.room.as_str());
                    self.ledger.complain(Wrong::Late, what);
                }
                self.ledger.saw(*reader, asked, &batch.entries);
                *after = After::At(batch.cursor);
            }
        }
        Ok(())
    }

    /// Says something new, or changes what was said last.
    async fn publish(&mut self) -> Result<Seq> {
        match (self.last, self.rng.u8(..8)) {
            (Some(message), 0) => {
                let salt = self.rng.u64(..);
                let text: MessageText = format!("{salt:016x}").parse()?;
                let body = serde_json::to_vec(&EditRequest { text: text.clone() })?;
                self.change(Method::PATCH, "", body, message, ChangeKind::Edit(text)).await
            }
            (Some(message), 1) => {
                self.last = None;
                self.change(Method::DELETE, "", Vec::new(), message, ChangeKind::Delete).await
            }
            (Some(message), 2) => {
                self.is_liked = !self.is_liked;
                let method = if self.is_liked { Method::PUT } else { Method::DELETE };
                let kind = ChangeKind::React { emoji: "👍".parse()?, on: self.is_liked };
                self.change(method, "/reactions/%F0%9F%91%8D", Vec::new(), message, kind).await
            }
            _ => self.say().await,
        }
    }

    async fn say(&mut self) -> Result<Seq> {
        let mut bytes = [0; 16];
        self.rng.fill(&mut bytes);
        let key = PublishKey::from_random(bytes);
        self.ledger.tried(key, &key.to_string().parse()?);
        let path = format!("/api/v1/rooms/{}/messages", self.room.as_str());
        let ask = Ask::send(Method::POST, &path, format!(r#"{{"key":"{key}","text":"{key}"}}"#));
        let reply = self.http.ask(ask.header("authorization", &self.bearer), PATIENCE).await?;
        ensure!(reply.status == 201, "a publish was answered with {}", reply.words());
        let entry: Entry = serde_json::from_slice(&reply.body)?;
        self.ledger.acknowledged(key, entry.seq);
        (self.last, self.is_liked) = (Some(entry.seq), false);
        Ok(entry.seq)
    }

    async fn change(
        &self,
        method: Method,
        rest: &str,
        body: Vec<u8>,
        target: Seq,
        kind: ChangeKind,
    ) -> Result<Seq> {
        let (author, room) = (self.author.clone(), self.room.clone());
        let path = format!("/api/v1/rooms/{}/messages/{target}{rest}", room.as_str());
        let id = self.ledger.asked(ChangeRequest { author, room, target, kind });
        let ask = Ask::send(method, &path, body).header("authorization", &self.bearer);
        let reply = self.http.ask(ask, PATIENCE).await?;
        ensure!(matches!(reply.status, 200 | 201), "a change was answered with {}", reply.words());
        let entry: Entry = serde_json::from_slice(&reply.body)?;
        let seq = entry.seq;
        self.ledger.changed(id, ChangeAnswer::Stored(Box::new(entry)));
        Ok(seq)
    }
}

/// Lets others run until this moment: no timer is that fine.
async fn until(moment: Instant) {
    while Instant::now() < moment {
        yield_now().await;
    }
}

async fn poll(http: &Http, room: &RoomName, after: After) -> Result<Batch> {
    let path = format!("/api/v1/poll?room={}&after={after}&wait={HELD}", room.as_str());
    let reply = http.ask(Ask::get(&path), PATIENCE).await?;
    ensure!(reply.status == 200, "a poll was answered with {}", reply.words());
    Ok(serde_json::from_slice(&reply.body)?)
}
