//! The log has a retention limit: each room keeps a small number of entries, enforced every second, while messages on
//! both sides of the limit are edited, deleted and reacted to. Readers that keep up get everything once; absent readers
//! are told of a gap exactly when entries have expired; the retention never fails and never falls behind.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use holdline_shared::{Entry, RoomName};
use tokio::time::{Instant, sleep};

use super::context::{RoundContext, reached};
use crate::checker::{Findings, Violation};
use crate::door::is_about_access;
use crate::load::LogRecorder;
use crate::report::{Report, RoundResult};
use crate::server::Server;

/// Entries that a room keeps: a few seconds of a busy room's traffic, less than the longest absence.
const KEPT: usize = 200;
const KEPT_SHORT: usize = 60;
/// The time limit for the retention, which runs once a second.
const SOON: Duration = Duration::from_secs(45);
/// The time limit for the first gap.
const TOLD: Duration = Duration::from_secs(20);
/// The longest time between two kills.
const LIFE: Duration = Duration::from_secs(5);

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let kills = context.size(2, 8);
    let mut plan = context.plan();
    plan.absentees = 2;
    plan.has_retention = true;
    // Only a tail of the calm room is certain to keep up.
    plan.tails = 1;
    let kept = context.size(KEPT_SHORT, KEPT);
    let keep = format!("{kept}/room");
    let mut server = context.server()?.flags(&["--keep", &keep, "--keep-every", "1"]);
    server.start().await?;
    let recorder = LogRecorder::start(server.client());
    let load = context.start_load(&plan, &server, server.address).await?;
    for _ in 0..kills {
        sleep(LIFE.mul_f64(0.5 + context.rng.f64() / 2.0)).await;
        // Some kills interrupt the retention.
        server.kill().await?;
        server.start().await?;
    }
    context.deliver(&load.ledger, Instant::now()).await;
    // Usually a gap was reported long before.
    reached(&load.ledger, Instant::now() + TOLD, || load.ledger.gaps() > 0).await;
    let ledger = load.ledger.clone();
    let mut findings = context.settle_with(load, &mut server, kills, Some(recorder)).await?;
    check_bound(&server, kept, &mut findings).await?;
    for line in server.errors() {
        findings.add(Violation::Unclear, || format!("the server said: {line}"));
    }
    let forgotten = findings.stored.saturating_sub(server.read_log().await?.len());
    Report::note(&format!(
        "{forgotten} of {} entries were forgotten, {} gaps told",
        findings.stored,
        ledger.gaps()
    ));
    if forgotten == 0 {
        findings.add(Violation::Unbounded, || "nothing was forgotten".to_owned());
    }
    Ok(RoundResult::Ran(findings))
}

/// Checks that no room has more entries than its limit after publishing has ended.
async fn check_bound(server: &Server, kept: usize, findings: &mut Findings) -> Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        let log = server.read_log().await?;
        let Some((room, entries)) = too_many(&log, kept) else { return Ok(()) };
        if Instant::now() >= deadline {
            findings.add(Violation::Unbounded, || {
                format!("{} has {entries} entries after {SOON:?}", room.as_str())
            });
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Finds a room with more entries than its limit.
fn too_many(log: &[Entry], kept: usize) -> Option<(&RoomName, usize)> {
    let mut rooms: HashMap<&RoomName, usize> = HashMap::new();
    for entry in log.iter().filter(|entry| !is_about_access(entry)) {
        *rooms.entry(&entry.room).or_default() += 1;
    }
    rooms.into_iter().find(|(_, entries)| *entries > kept)
}
