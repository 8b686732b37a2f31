//! Readers that take a kilobyte a minute of answers that are large, thousands of them, while ordinary readers and
//! publishers go on: the slow ones are cut, the server's memory stays bounded, and nobody else loses anything.

mod reader;
mod usage;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use holdline_shared::limits::BATCH_BYTES;
use holdline_shared::{Entry, MessageText, PublishKey, PublishRequest, RoomName, Session};
use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::{Bench, reached};
use crate::checker::{Ledger, Wrong};
use crate::http::{Ask, Http};
use crate::load::{Load, Plan};
use crate::report::Report;
use crate::server::Server;
use reader::SlowReader;
use usage::Usage;

const SLOW: usize = 2_000;
/// All of these ask for more than the system takes off the server's hands.
const SLOW_SHORT: usize = 60;
/// In a long round one of so many does; the system holds four megabytes for each.
const ONE_IN: usize = 20;
/// Answers that are more than those.
const ANSWERS: usize = 24;
/// The time for a kilobyte. Whoever takes nothing for half a minute is cut by the system, so that the server's own rule
/// is for those who take a little more often.
const MINUTE: Duration = Duration::from_secs(60);
const A_LITTLE_MORE: Duration = Duration::from_secs(8);
/// Where the large answers are.
const ROOM: &str = "large";
/// Long messages there; each reader begins after another of the first half.
const MESSAGES: usize = 64;
const MESSAGE_BYTES: usize = 12 * 1024;
/// Several times what a server gives a reader in which to make progress, and time for a slow machine to look.
const CUT: Duration = Duration::from_secs(240);
/// Files of the server that come and go with ordinary readers.
const ORDINARY_FILES: usize = 40;
/// Connections that the server has cut because their reader took too little.
const STALLED: &str = "holdline_connections_stalled_total";
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let (slow, waves, mut plan) =
        if bench.is_short { (SLOW_SHORT, 1, Plan::new(true)) } else { (SLOW, 2, Plan::new(false)) };
    plan.crowd = 20;
    // A short round needs a server with less patience.
    let patience = if bench.is_short { "5" } else { "30" };
    let mut server = bench.server()?.flags(&["--stall-timeout", patience]);
    server.start().await?;
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, server.address, &mut rng).await?;
    let first = fill(bench, &server, &load.ledger).await?;
    // The ordinary ones have come and are held.
    reached(&load.ledger, Instant::now() + PATIENCE, || load.ledger.deliveries() > 5_000).await;
    let epoch = server.read_epoch().await?;
    let process = server.id().context("the server does not run")?;
    let mut peaks = Vec::new();
    for _ in 0..waves {
        let before = Usage::of(process)?;
        let mut readers = JoinSet::new();
        for n in 0..slow {
            let after = first + (n % (MESSAGES / 2)) as u64;
            let path = format!("/api/v1/poll?room={ROOM}&after={:016x}-{after}&wait=0", epoch.0);
            let (requests, pause) = match n % ONE_IN {
                _ if bench.is_short => (ANSWERS, Duration::from_secs(2)),
                0 => (ANSWERS, A_LITTLE_MORE),
                _ => (1, MINUTE),
            };
            readers.spawn(SlowReader { path, requests, pause }.read(server.address));
        }
        let watched = watch(process, before, slow, &load.ledger).await?;
        if let Some(cut) = watched.cut {
            Report::note(&format!(
                "{slow} slow readers were cut after {:.0} s; memory went from {} to {} MiB",
                cut.as_secs_f64(),
                before.memory >> 20,
                watched.peak >> 20,
            ));
        }
        // The server's rule comes before that of the system, which gives up after some minutes and counts nothing.
        let stalled = server.read_metric(STALLED).await?;
        if watched.cut.is_some() && stalled < f64::from(u32::try_from(slow / 2).unwrap_or(u32::MAX)) {
            let what = format!("the server itself has cut only {stalled} of {slow} slow readers");
            load.ledger.complain(Wrong::Unbounded, what);
        }
        readers.shutdown().await;
        peaks.push(watched.peak);
    }
    // A second wave finds the room that the first one left.
    if let [first, second] = peaks[..]
        && second > first + first / 4 + (64 << 20)
    {
        let what = format!("memory grows with each wave of slow readers: {first} bytes, then {second}");
        load.ledger.complain(Wrong::Unbounded, what);
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    Ok(Outcome::Ran(bench.settle(load, &mut server, slow * waves).await?))
}

/// Fills the room; answers the seq of its first message.
async fn fill(bench: &mut Bench, server: &Server, ledger: &Ledger) -> Result<u64> {
    let http = Http::new(server.address);
    let reply = http.ask(Ask::send(Method::POST, "/api/v1/session", "{}"), PATIENCE).await?;
    let session: Session = serde_json::from_slice(&reply.body)?;
    let bearer = format!("Bearer {}", session.token.unwrap_or_default());
    let room: RoomName = ROOM.parse()?;
    let path = format!("/api/v1/rooms/{}", room.as_str());
    http.ask(Ask::send(Method::PUT, &path, "{}").header("authorization", &bearer), PATIENCE).await?;
    let mut first = None;
    for _ in 0..MESSAGES {
        let mut bytes = [0; 16];
        bench.rng.fill(&mut bytes);
        let key = PublishKey::from_random(bytes);
        // Characters of three bytes: a message may be long in bytes, but not in characters.
        let text: MessageText = format!("{key} {}", "長".repeat(MESSAGE_BYTES / 3 - 200)).parse()?;
        ledger.tried(key, &text);
        let body = serde_json::to_vec(&PublishRequest { key, text, reply_to: None })?;
        let path = format!("/api/v1/rooms/{ROOM}/messages");
        let ask = Ask::send(Method::POST, &path, body).header("authorization", &bearer);
        let reply = http.ask(ask, PATIENCE).await?;
        ensure!(reply.status == 201, "a publish was answered with {}", reply.words());
        let entry: Entry = serde_json::from_slice(&reply.body)?;
        ledger.acknowledged(key, entry.seq);
        first.get_or_insert(entry.seq.0);
    }
    first.context("nothing was published")
}

/// Observations of the server while it had slow readers.
struct Watched {
    /// The most memory that the server had, in bytes.
    peak: u64,
    /// Time until the last slow reader was cut off; `None` if the round gave up waiting.
    cut: Option<Duration>,
}

/// Looks at the server until it has cut all slow readers.
async fn watch(process: u32, before: Usage, slow: usize, ledger: &Ledger) -> Result<Watched> {
    let begun = Instant::now();
    // An answer and what belongs to it for each, and as much again as the log's recent entries have, which grow meanwhile.
    let bound = before.memory + (slow as u64) * (BATCH_BYTES as u64) * 5 / 4 + (96 << 20);
    let (mut peak, mut have_come) = (before.memory, false);
    loop {
        let now = Usage::of(process)?;
        peak = peak.max(now.memory);
        have_come |= now.files >= before.files + slow / 2;
        let are_cut = have_come && now.files < before.files + ORDINARY_FILES;
        let is_over = begun.elapsed() > CUT;
        if are_cut || is_over {
            if peak > bound {
                ledger.complain(Wrong::Unbounded, format!("{peak} bytes of memory, more than {bound}"));
            }
            if !are_cut {
                let left = now.files.saturating_sub(before.files);
                ledger.complain(
                    Wrong::Unbounded,
                    format!("{left} of {slow} slow readers are held after {CUT:?}"),
                );
            }
            return Ok(Watched { peak, cut: are_cut.then(|| begun.elapsed()) });
        }
        sleep(Duration::from_millis(250)).await;
    }
}
