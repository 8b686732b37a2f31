//! The disk is full and has room again, a few times, under load; then the log's file is moved away under the server,
//! and put back; then a server is started on files that are none of its own. Publishers have to be told clearly, readers
//! keep what they have, nothing that was acknowledged is lost, and no restart is needed.

mod small;
mod strange;

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::{Bench, reached};
use crate::checker::{Ledger, Wrong};
use crate::http::{Ask, Http};
use crate::load::{Load, Plan};
use crate::server::Server;
use small::SmallDisk;

/// How soon publishers are told, and how soon they are let in again: SQLite writes what it can first.
const SOON: Duration = Duration::from_secs(15);
/// The longest time for which it stays so.
const WHILE: Duration = Duration::from_millis(1500);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let disk = match SmallDisk::mount(bench.folder.path().join("disk")) {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::Skipped(format!("no small disk can be mounted here: {why:#}"))),
    };
    let (times, plan) = if bench.is_short { (2, Plan::new(true)) } else { (12, Plan::new(false)) };
    let database = disk.folder.join("holdline.db");
    let mut server = bench.server_on(&database)?;
    server.start().await?;
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, server.address, &mut rng).await?;
    let mut faults = 0;
    for time in 0..times {
        sleep(bench.time(WHILE)).await;
        let ballast = disk.fill()?;
        refused(&load.ledger, 507, "the disk was full").await;
        reads_go_on(&load.ledger, &server).await?;
        sleep(bench.time(WHILE)).await;
        if time % 4 == 3 {
            // Also a server that is killed and comes back to a full disk.
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
    bench.deliver(&load.ledger, Instant::now()).await;
    let mut verdict = bench.settle(load, &mut server, faults).await?;
    server.kill().await?;
    strange::check(bench, &database, &mut verdict).await?;
    Ok(Outcome::Ran(verdict))
}

/// Publishers are told with this status.
async fn refused(ledger: &Ledger, status: u16, when: &str) {
    let before = ledger.status(status);
    if !reached(ledger, Instant::now() + SOON, || ledger.status(status) > before).await {
        ledger.complain(Wrong::Unclear, format!("no publisher was answered {status} when {when}"));
    }
}

/// Publishes succeed, without a restart.
async fn accepted(ledger: &Ledger, when: &str) {
    let before = ledger.acknowledgements();
    if !reached(ledger, Instant::now() + SOON, || ledger.acknowledgements() > before).await {
        ledger.complain(Wrong::Unclear, format!("no publish succeeded after {when}"));
    }
}

/// What is in the log can be read.
async fn reads_go_on(ledger: &Ledger, server: &Server) -> Result<()> {
    let reply = Http::new(server.address).ask(Ask::get("/api/v1/rooms/calm/messages"), SOON).await?;
    if reply.status != 200 {
        ledger.complain(Wrong::Unclear, format!("history while the disk is full: {}", reply.words()));
    }
    let log = server.read_log().await?;
    ensure!(!log.is_empty(), "the log is empty");
    Ok(())
}
