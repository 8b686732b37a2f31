//! The disk fills up and gets free space again several times under load; then the log's file is moved away and back
//! under the running server; then servers are started on foreign files. Publishers must get clear errors, readers must
//! keep what they have, no acknowledged entry may be lost, and no restart may be needed.

mod foreign_files;
mod small_disk;

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use super::context::{RoundContext, reached};
use crate::checker::{Ledger, Violation};
use crate::http::ApiRequest;
use crate::report::RoundResult;
use crate::server::Server;
use small_disk::SmallDisk;

/// The time limit for the first refusal and for the first success after it: SQLite writes what it can first.
const SOON: Duration = Duration::from_secs(15);
/// The longest duration of each state.
const WHILE: Duration = Duration::from_millis(1500);

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let disk = match SmallDisk::mount(context.folder.path().join("disk")) {
        Ok(disk) => disk,
        Err(why) => return Ok(RoundResult::Skipped(format!("no small disk can be mounted here: {why:#}"))),
    };
    let times = context.size(2, 12);
    let plan = context.plan();
    let database = disk.folder.join("holdline.db");
    let mut server = context.server_on(&database)?;
    server.start().await?;
    let load = context.start_load(&plan, &server, server.address).await?;
    let mut faults = 0;
    for time in 0..times {
        sleep(context.time(WHILE)).await;
        let ballast = disk.fill()?;
        refused(&load.ledger, 507, "the disk was full").await;
        reads_go_on(&load.ledger, &server).await?;
        sleep(context.time(WHILE)).await;
        if time % 4 == 3 {
            // A server that is killed and restarted on a full disk.
            server.kill().await?;
            server.start().await?;
        }
        fs::remove_file(ballast)?;
        let when = if time % 4 == 3 { "a start on a full disk" } else { "the disk had room again" };
        accepted(&load.ledger, when).await;
        faults += 1;
    }
    let away = database.with_extension("away");
    fs::rename(&database, &away)?;
    refused(&load.ledger, 503, "the log's file was moved away").await;
    fs::write(&database, "something else")?;
    refused(&load.ledger, 503, "the log's file was replaced").await;
    fs::rename(&away, &database)?;
    accepted(&load.ledger, "the log's file was put back").await;
    faults += 2;
    context.deliver(&load.ledger, Instant::now()).await;
    let mut findings = context.settle(load, &mut server, faults).await?;
    server.kill().await?;
    foreign_files::check(context, &database, &mut findings).await?;
    Ok(RoundResult::Ran(findings))
}

/// Checks that publishers are answered with this status.
async fn refused(ledger: &Ledger, status: u16, when: &str) {
    let before = ledger.status(status);
    if !reached(ledger, Instant::now() + SOON, || ledger.status(status) > before).await {
        ledger.report(Violation::Unclear, format!("no publisher was answered {status} when {when}"));
    }
}

/// Checks that publishes succeed again without a restart.
async fn accepted(ledger: &Ledger, when: &str) {
    let before = ledger.acknowledgements();
    if !reached(ledger, Instant::now() + SOON, || ledger.acknowledgements() > before).await {
        ledger.report(Violation::Unclear, format!("no publish succeeded after {when}"));
    }
}

/// Checks that history and log are readable.
async fn reads_go_on(ledger: &Ledger, server: &Server) -> Result<()> {
    let reply = server.client().send(ApiRequest::get("/api/v1/rooms/calm/messages"), SOON).await?;
    if reply.status != 200 {
        ledger.report(Violation::Unclear, format!("history while the disk is full: {}", reply.describe()));
    }
    let log = server.read_log().await?;
    ensure!(!log.is_empty(), "the log is empty");
    Ok(())
}
