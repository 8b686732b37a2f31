//! Injects no faults, but publishes each message, edit, deletion and reaction at the very moment at which its
//! readers poll again, many thousand times. A lost wake-up shows as a delivery at the end of the hold.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use fastrand::Rng;
use holdline_shared::{After, Batch, EditRequest, Entry, MessageText, RoomName, RoomSelection, Seq};
use hyper::Method;
use tokio::task::{JoinSet, yield_now};
use tokio::time::Instant;

use super::context::{RoundContext, compare_history};
use crate::checker::{ChangeAnswer, ChangeKind, ChangeRequest, Ledger, ReaderId, Receives, Violation};
use crate::door::Door;
use crate::http::{ApiRequest, HttpClient};
use crate::report::RoundResult;
use crate::session::{ApiSession, random_key};

/// Rooms that are tested at the same time, and readers of each.
const ROOMS: usize = 4;
const READERS: usize = 4;
/// A delivery that takes longer than this did not come from its wake-up; polls are held longer than that.
const LATE: Duration = Duration::from_secs(3);
const HELD: u64 = 8;
const REQUEST_LIMIT: Duration = Duration::from_secs(20);
/// The longest delay of a poll, however slow the machine is.
const LONGEST: Duration = Duration::from_millis(5);
/// A file system in memory, if there is one: without a disk, publishing takes about as long as polling, and the two
/// coincide more often.
const MEMORY: &str = "/dev/shm";

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    if Path::new(MEMORY).is_dir() {
        context.folder = tempfile::Builder::new().prefix("holdline-faults-").tempdir_in(MEMORY)?;
    }
    let mut server = context.start_server().await?;
    let ledger = Arc::new(Ledger::default());
    let end = Instant::now() + Duration::from_secs(context.size(8, 50));
    let mut tests = JoinSet::new();
    for n in 0..ROOMS {
        let room = RoomName::parse(&format!("wake-{n}"))?;
        let test =
            RoomTest::new(&context.door, server.address, ledger.clone(), room, context.rng.fork()).await?;
        tests.spawn(test.run(end));
    }
    while let Some(test) = tests.join_next().await {
        test??;
    }
    server.kill().await?;
    server.start().await?;
    let log = server.read_log().await?;
    let mut findings = ledger.check(&log);
    compare_history(&server, &log, &log, &mut findings).await?;
    Ok(RoundResult::Ran(findings))
}

/// A room with its publisher and its readers.
struct RoomTest {
    http: HttpClient,
    ledger: Arc<Ledger>,
    room: RoomName,
    rng: Rng,
    session: ApiSession,
    /// The newest message, unless it was deleted; `is_liked` tells whether it has a reaction.
    last: Option<Seq>,
    is_liked: bool,
    readers: Vec<(ReaderId, After)>,
    /// The moving average of the time of a publish.
    publish_time: Duration,
}

impl RoomTest {
    /// Creates the room.
    async fn new(
        door: &Door,
        server: SocketAddr,
        ledger: Arc<Ledger>,
        room: RoomName,
        rng: Rng,
    ) -> Result<Self> {
        let http = HttpClient::new(server);
        let session = door.enter(&http, room.as_str()).await?;
        door.make_room(&http, &session, &room).await?;
        door.make_private(&http, &room, [&session]).await?;
        let http = door.reader(&http, Some(&session));
        let rooms = RoomSelection::Named(vec![room.clone()]);
        let reader = |n| {
            let name = format!("reader {n} of {}", room.as_str());
            (ledger.add_reader(name, rooms.clone(), Seq::START, Receives::Entries), After::Start)
        };
        let readers = (0..READERS).map(reader).collect();
        let (last, is_liked, publish_time) = (None, false, Duration::ZERO);
        Ok(Self { http, ledger, room, rng, session, last, is_liked, readers, publish_time })
    }

    /// Publishes, and lets each reader poll a little later, as late as the publish is expected to take; repeats this
    /// once all readers have received the entry.
    async fn run(mut self, end: Instant) -> Result<()> {
        for (reader, after) in &mut self.readers {
            let asked = self.ledger.position();
            let batch = poll(&self.http, &self.room, *after).await?;
            self.ledger.record_entries(*reader, asked, &batch.entries);
            *after = After::At(batch.cursor);
        }
        while Instant::now() < end {
            let begun = Instant::now();
            let asked = self.ledger.position();
            let mut polls = JoinSet::new();
            for (n, (_, after)) in self.readers.iter().enumerate() {
                let at = begun + self.publish_time.min(LONGEST).mul_f64(self.rng.f64() * 1.3);
                let (http, room, after) = (self.http.clone(), self.room.clone(), *after);
                polls.spawn(async move {
                    until(at).await;
                    poll(&http, &room, after).await.map(|batch| (n, batch, Instant::now() - begun))
                });
            }
            let seq = self.publish().await?;
            self.publish_time = (self.publish_time * 7 + begun.elapsed()) / 8;
            while let Some(polled) = polls.join_next().await {
                let (n, batch, took) = polled??;
                let (reader, after) = &mut self.readers[n];
                if took > LATE {
                    let what = format!("reader {n} of {} heard of {seq} after {took:?}", self.room.as_str());
                    self.ledger.report(Violation::Late, what);
                }
                self.ledger.record_entries(*reader, asked, &batch.entries);
                *after = After::At(batch.cursor);
            }
        }
        Ok(())
    }

    /// Publishes a message, or changes the last one.
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
            _ => self.publish_message().await,
        }
    }

    async fn publish_message(&mut self) -> Result<Seq> {
        let key = random_key(&mut self.rng);
        let text: MessageText = key.to_string().parse()?;
        self.ledger.record_attempt(key, &text);
        let entry = self.session.publish(&self.http, &self.room, key, text).await?;
        self.ledger.record_acknowledgement(key, entry.seq);
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
        let (author, room) = (self.session.person.id.clone(), self.room.clone());
        let path = format!("/api/v1/rooms/{}/messages/{target}{rest}", room.as_str());
        let id = self.ledger.record_change(ChangeRequest { author, room, target, kind });
        let request =
            ApiRequest::with_body(method, &path, body).header("authorization", &self.session.bearer);
        let reply = self.http.send(request, REQUEST_LIMIT).await?;
        ensure!(matches!(reply.status, 200 | 201), "a change was answered with {}", reply.describe());
        let entry: Entry = serde_json::from_slice(&reply.body)?;
        let seq = entry.seq;
        self.ledger.record_change_answer(id, ChangeAnswer::Stored(Box::new(entry)));
        Ok(seq)
    }
}

/// Yields until this moment: timers are not precise enough.
async fn until(moment: Instant) {
    while Instant::now() < moment {
        yield_now().await;
    }
}

async fn poll(http: &HttpClient, room: &RoomName, after: After) -> Result<Batch> {
    let path = format!("/api/v1/poll?room={}&after={after}&wait={HELD}", room.as_str());
    let reply = http.send(ApiRequest::get(&path), REQUEST_LIMIT).await?;
    ensure!(reply.status == 200, "a poll was answered with {}", reply.describe());
    Ok(serde_json::from_slice(&reply.body)?)
}
