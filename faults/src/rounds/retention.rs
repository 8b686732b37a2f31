//! The log forgets: a small number of entries a room is kept, looked after every second, while messages on both sides of
//! the cut are edited, deleted and reacted to. Readers that keep up get everything once; those that stay away are told
//! of a gap exactly when something is gone; forgetting never fails and never falls behind.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use holdline_shared::{Entry, RoomName};
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::{Bench, reached};
use crate::checker::{Verdict, Wrong};
use crate::http::Http;
use crate::load::{Load, Plan, Scribe};
use crate::report::Report;
use crate::server::Server;

/// Entries that a room keeps: of a busy room a few seconds of talk, which is less than the longest nap.
const KEPT: usize = 200;
const KEPT_SHORT: usize = 60;
/// Longer than anything needs that happens once a second.
const SOON: Duration = Duration::from_secs(45);
/// How long it is waited for somebody who stays away for too long.
const TOLD: Duration = Duration::from_secs(20);
/// The longest time between two kills.
const LIFE: Duration = Duration::from_secs(5);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let (kills, mut plan) = if bench.is_short { (2, Plan::new(true)) } else { (8, Plan::new(false)) };
    plan.nappers = 2;
    plan.is_forgetful = true;
    // Of these only one that reads the calm room can be sure to keep up.
    plan.tails = 1;
    let kept = if bench.is_short { KEPT_SHORT } else { KEPT };
    let keep = format!("{kept}/room");
    let mut server = bench.server()?.flags(&["--keep", &keep, "--keep-every", "1"]);
    server.start().await?;
    let scribe = Scribe::start(Http::new(server.address));
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, server.address, &mut rng).await?;
    for _ in 0..kills {
        sleep(LIFE.mul_f64(0.5 + bench.rng.f64() / 2.0)).await;
        // Some of them while it forgets.
        server.kill().await?;
        server.start().await?;
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    // Most often somebody has been told long before.
    reached(&load.ledger, Instant::now() + TOLD, || load.ledger.gaps() > 0).await;
    let ledger = load.ledger.clone();
    let mut verdict = bench.settle_with(load, &mut server, kills, Some(scribe)).await?;
    check_bound(&server, kept, &mut verdict).await?;
    for line in server.errors() {
        verdict.add(Wrong::Unclear, || format!("the server said: {line}"));
    }
    let forgotten = verdict.stored.saturating_sub(server.read_log().await?.len());
    Report::note(&format!(
        "{forgotten} of {} entries were forgotten, {} gaps told",
        verdict.stored,
        ledger.gaps()
    ));
    if forgotten == 0 {
        verdict.add(Wrong::Unbounded, || "nothing was forgotten".to_owned());
    }
    Ok(Outcome::Ran(verdict))
}

/// Nobody publishes any more: after a while no room has more than it may keep.
async fn check_bound(server: &Server, kept: usize, verdict: &mut Verdict) -> Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        let log = server.read_log().await?;
        let Some((room, entries)) = too_many(&log, kept) else { return Ok(()) };
        if Instant::now() >= deadline {
            verdict
                .add(Wrong::Unbounded, || format!("{} has {entries} entries after {SOON:?}", room.as_str()));
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// A room with more entries than it may keep.
fn too_many(log: &[Entry], kept: usize) -> Option<(&RoomName, usize)> {
    let mut rooms: HashMap<&RoomName, usize> = HashMap::new();
    for entry in log {
        *rooms.entry(&entry.room).or_default() += 1;
    }
    rooms.into_iter().find(|(_, entries)| *entries > kept)
}
