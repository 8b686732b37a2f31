//! Thousands of slow readers that read a kilobyte a minute of large responses, beside an ordinary load: the slow ones
//! are disconnected, the server's memory stays bounded, and the other clients lose nothing.

mod slow_reader;
mod usage;

use std::time::Duration;

use anyhow::{Context as _, Result};
use holdline_shared::MessageText;
use holdline_shared::limits::BATCH_BYTES;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::context::{RoundContext, reached};
use crate::checker::{Ledger, Violation};
use crate::http::HttpClient;
use crate::report::{Report, RoundResult};
use crate::server::Server;
use crate::session::random_key;
use slow_reader::SlowReader;
use usage::Usage;

const SLOW: usize = 2_000;
/// The number of slow readers in a short round, all of which request more than the kernel buffers.
const SLOW_SHORT: usize = 60;
/// The number of slow readers in a long round of which one does so; the kernel buffers four megabytes for
/// each.
const ONE_IN: usize = 20;
/// The number of pipelined requests whose responses exceed the kernel's buffers.
const ANSWERS: usize = 24;
/// The time for a kilobyte. The kernel disconnects readers that read nothing for half a minute, so the server's own
/// rule is tested by readers that read a little more often.
const MINUTE: Duration = Duration::from_secs(60);
const A_LITTLE_MORE: Duration = Duration::from_secs(8);
/// The room with the large messages.
const ROOM: &str = "large";
/// The number of large messages; each reader starts after another one of the first half.
const MESSAGES: usize = 64;
const MESSAGE_BYTES: usize = 12 * 1024;
/// The time limit until all slow readers are disconnected: several times the server's own limit.
const CUT: Duration = Duration::from_secs(240);
/// Open files of the server that come and go with ordinary readers.
const ORDINARY_FILES: usize = 40;
/// The metric of connections that the server closed because the reader made no progress.
const STALLED: &str = "holdline_connections_stalled_total";
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let (slow, waves) = context.size((SLOW_SHORT, 1), (SLOW, 2));
    let mut plan = context.plan();
    plan.per_selection = 20;
    plan.other_public = vec![ROOM.parse()?];
    // A short round needs a shorter limit.
    let stall_limit = context.size("5", "30");
    let mut server = context.server()?.flags(&["--stall-timeout", stall_limit]);
    server.start().await?;
    let load = context.start_load(&plan, &server, server.address).await?;
    let first = fill(context, &server, &load.ledger).await?;
    // The ordinary readers have connected and are held.
    reached(&load.ledger, Instant::now() + REQUEST_LIMIT, || load.ledger.deliveries() > 5_000).await;
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
                _ if context.is_short => (ANSWERS, Duration::from_secs(2)),
                0 => (ANSWERS, A_LITTLE_MORE),
                _ => (1, MINUTE),
            };
            let bearer = server.client().bearer().map(str::to_owned);
            readers.spawn(SlowReader { path, bearer, requests, pause }.read(server.address));
        }
        let observed = watch(process, before, slow, &load.ledger).await?;
        if let Some(cut) = observed.cut {
            Report::note(&format!(
                "{slow} slow readers were cut after {:.0} s; memory went from {} to {} MiB",
                cut.as_secs_f64(),
                before.memory >> 20,
                observed.peak >> 20,
            ));
        }
        if observed.cut.is_some() {
            check_who_cut(&server, slow, &load.ledger).await?;
        }
        readers.shutdown().await;
        peaks.push(observed.peak);
    }
    // A second wave must fit into the memory that the first one has freed.
    if let [first, second] = peaks[..]
        && second > first + first / 4 + (64 << 20)
    {
        let what = format!("memory grows with each wave of slow readers: {first} bytes, then {second}");
        load.ledger.report(Violation::Unbounded, what);
    }
    context.deliver(&load.ledger, Instant::now()).await;
    Ok(RoundResult::Ran(context.settle(load, &mut server, slow * waves).await?))
}

/// Checks that the server's own rule has disconnected at least half of the readers: it must act before the kernel, which
/// gives up after some minutes and counts nothing. On a slow machine the last ones may still be on their way.
async fn check_who_cut(server: &Server, slow: usize, ledger: &Ledger) -> Result<()> {
    let enough = f64::from(u32::try_from(slow / 2).unwrap_or(u32::MAX));
    let end = Instant::now() + CUT;
    loop {
        let stalled = server.read_metric(STALLED).await?;
        if stalled >= enough {
            return Ok(());
        }
        if Instant::now() > end {
            let what = format!("the server itself has cut only {stalled} of {slow} slow readers");
            ledger.report(Violation::Unbounded, what);
            return Ok(());
        }
        sleep(Duration::from_millis(250)).await;
    }
}

/// Fills the room; returns the position of its first message.
async fn fill(context: &mut RoundContext, server: &Server, ledger: &Ledger) -> Result<u64> {
    let http = HttpClient::new(server.address);
    let (session, room) = (context.door.enter(&http, "slow").await?, ROOM.parse()?);
    context.door.make_room(&http, &session, &room).await?;
    let mut first = None;
    for _ in 0..MESSAGES {
        let key = random_key(&mut context.rng);
        // Characters of three bytes: the limit in bytes is larger than the limit in characters.
        let text: MessageText = format!("{key} {}", "長".repeat(MESSAGE_BYTES / 3 - 200)).parse()?;
        ledger.record_attempt(key, &text);
        let entry = session.publish(&http, &room, key, text).await?;
        ledger.record_acknowledgement(key, entry.seq);
        first.get_or_insert(entry.seq.0);
    }
    first.context("nothing was published")
}

/// Observations of the server while it has slow readers.
struct Observation {
    /// The server's peak memory in bytes.
    peak: u64,
    /// Time until the last slow reader was disconnected; `None` if the round gave up waiting.
    cut: Option<Duration>,
}

/// Observes the server until it has disconnected all slow readers.
async fn watch(process: u32, before: Usage, slow: usize, ledger: &Ledger) -> Result<Observation> {
    let begun = Instant::now();
    // A response with its overhead for each reader, and a reserve for the log's recent entries, which grow meanwhile.
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
                ledger.report(Violation::Unbounded, format!("{peak} bytes of memory, more than {bound}"));
            }
            if !are_cut {
                let left = now.files.saturating_sub(before.files);
                ledger.report(
                    Violation::Unbounded,
                    format!("{left} of {slow} slow readers are held after {CUT:?}"),
                );
            }
            return Ok(Observation { peak, cut: are_cut.then(|| begun.elapsed()) });
        }
        sleep(Duration::from_millis(250)).await;
    }
}
