//! The log is copied while the server runs; the server is killed, and the copy put back over what the crash left, with
//! and without the files beside it. A server has to refuse that, or to go on with exactly what is in the copy and as
//! another log, so that everybody is told. What was said after the copy is gone, which is what restoring means.

mod lives;
mod survivor;

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use holdline_shared::{Entry, Epoch};
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::Outcome;
use super::bench::{Bench, reached};
use crate::checker::{Ledger, Verdict, Wrong};
use crate::database::{self, Content};
use crate::http::Http;
use crate::load::{Load, Plan};
use crate::report::Report;
use crate::server::Server;
use lives::Lives;
use survivor::Survivor;

/// Readers that go through all lives of the log.
const SURVIVORS: usize = 8;
/// How long the log lives at most, before it is copied and after that.
const LIFE: Duration = Duration::from_millis(1200);
/// Longer than a command of `holdline log` takes.
const COMMAND: Duration = Duration::from_secs(60);
/// Longer than a start takes, refused or not.
const START: Duration = Duration::from_secs(20);
/// Longer than the longest pause of a client.
const TOLD: Duration = Duration::from_secs(60);

/// A way to put a copy back by hand: what is said of it, which files beside the log are removed first, and whether the
/// copy takes the place of the log's file or its content.
type Way = (&'static str, &'static [&'static str], bool);

const WAYS: [Way; 6] = [
    ("copied over, everything left beside it", &[], false),
    ("copied over, without the lock file", &["-lock"], false),
    ("copied over, without the write-ahead log", &["-wal", "-shm"], false),
    ("copied over, with nothing beside it", &["-wal", "-shm", "-lock"], false),
    ("moved there, everything left beside it", &[], true),
    ("moved there, without index and lock file", &["-shm", "-lock"], true),
];

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let (restores, mut plan) = if bench.is_short { (4, Plan::new(true)) } else { (18, Plan::new(false)) };
    // Short lives, in which processes hardly start.
    (plan.tails, plan.crowd) = (0, 2);
    let mut server = bench.server()?;
    let database = bench.folder.path().join("holdline.db");
    server.start().await?;
    let lives = Arc::new(Lives::default());
    let mut survivors = JoinSet::new();
    for n in 0..SURVIVORS {
        let (http, lives) = (Http::new(server.address), lives.clone());
        survivors
            .spawn(Survivor { http, lives, rng: bench.rng.fork(), name: format!("survivor {n}") }.read());
    }
    let mut verdict = Verdict::default();
    // A short round has not all of them.
    let first_way = bench.rng.usize(..WAYS.len());
    let mut refused = 0;
    for restore in 0..restores {
        let (ledger, load) = live(bench, &plan, &server, &lives).await?;
        everybody_back(&lives, &ledger).await;
        sleep(bench.time(LIFE)).await;
        let copy = bench.folder.path().join(format!("copy-{restore}.db"));
        let is_ours = restore % 2 == 0;
        back_up(&bench.program, &database, &copy, is_ours, &ledger).await?;
        let copied = database::read(&copy, bench.folder.path())?;
        sleep(bench.time(LIFE)).await;
        server.kill().await?;
        load.abort().await;
        let ended = database::read(&database, bench.folder.path())?;
        for (what, content) in [("what the crash left", &ended), ("the copy", &copied)] {
            if content.integrity != "ok" {
                verdict.add(Wrong::Mixed, || format!("{what} is damaged: {}", content.integrity));
            }
        }
        verdict.take(ledger.check_interrupted(&ended.entries));
        let way = WAYS[(first_way + restore) % WAYS.len()];
        put_back(&copy, &database, way)?;
        let was_refused = start_restored(bench, &mut server, &copy, &database, way, &mut verdict).await?;
        refused += usize::from(was_refused);
        is_the_copy(&server, &copied, ended.epoch, way.0, &mut verdict).await?;
        verdict.faults += 1;
    }
    let (ledger, load) = live(bench, &plan, &server, &lives).await?;
    everybody_back(&lives, &ledger).await;
    bench.deliver(&ledger, Instant::now()).await;
    verdict.take(bench.settle(load, &mut server, 0).await?);
    survivors.shutdown().await;
    server.stop().await?;
    let output = holdline_log(&bench.program, &["check"], &database).await?;
    if !output.status.success() {
        verdict.add(Wrong::Mixed, || format!("holdline log check: {}", said(&output)));
    }
    Report::note(&format!("{restores} copies put back, {refused} refused until restored by the command"));
    Ok(Outcome::Ran(verdict))
}

/// Load on the present life of the log, written into this life's ledger.
async fn live(bench: &mut Bench, plan: &Plan, server: &Server, lives: &Lives) -> Result<(Arc<Ledger>, Load)> {
    let ledger = lives.ledger(server.read_epoch().await?);
    let mut rng: Rng = bench.rng.fork();
    let (program, address) = (&bench.program, server.address);
    let load = Load::start_in(ledger.clone(), plan, program, address, address, &mut rng).await?;
    Ok((ledger, load))
}

/// Waits until all who have come through the lives before have noticed that this is another one.
async fn everybody_back(lives: &Lives, ledger: &Arc<Ledger>) {
    let deadline = Instant::now() + TOLD;
    if !reached(ledger, deadline, || lives.survivors(ledger) == SURVIVORS).await {
        let back = lives.survivors(ledger);
        ledger.complain(Wrong::Undelivered, format!("{back} of {SURVIVORS} came over to the restored log"));
    }
}

/// Copies the log of a running server, by our command or by SQLite's own.
async fn back_up(program: &Path, database: &Path, copy: &Path, is_ours: bool, ledger: &Ledger) -> Result<()> {
    if is_ours {
        let name = copy.to_str().context("the path is no text")?;
        let output = holdline_log(program, &["backup", name], database).await?;
        if output.status.success() {
            return Ok(());
        }
        ledger.complain(Wrong::Unclear, format!("holdline log backup: {}", said(&output)));
    }
    let (database, copy) = (database.to_owned(), copy.to_owned());
    tokio::task::spawn_blocking(move || database::vacuum_into(&database, &copy)).await?
}

/// Puts the copy where the log was.
fn put_back(copy: &Path, database: &Path, (_, removed, is_moved): Way) -> Result<()> {
    database::remove_beside(database, removed)?;
    if is_moved {
        let new = database.with_extension("new");
        fs::copy(copy, &new)?;
        fs::rename(new, database)?;
    } else {
        fs::write(database, fs::read(copy)?)?;
    }
    Ok(())
}

/// Starts the server on what was put back; when it refuses, by way of `holdline log restore`. Answers whether it did.
async fn start_restored(
    bench: &Bench,
    server: &mut Server,
    copy: &Path,
    database: &Path,
    (way, ..): Way,
    verdict: &mut Verdict,
) -> Result<bool> {
    let open = server.spawn()?;
    let opened = timeout(START, open).await.context("the server neither opened nor refused")?;
    if opened.is_ok() {
        return Ok(false);
    }
    let status = server.exit().await?;
    if status.success() || server.last_words().trim().is_empty() {
        verdict.add(Wrong::Unclear, || format!("{way}: ended with {status}, said {:?}", server.last_words()));
    }
    let name = copy.to_str().context("the path is no text")?;
    let output = holdline_log(&bench.program, &["restore", name], database).await?;
    ensure!(
        output.status.success(),
        "{way}: {}\nholdline log restore: {}",
        server.last_words(),
        said(&output)
    );
    server.start().await?;
    Ok(true)
}

/// The restored log is the copy, and another one than before.
async fn is_the_copy(
    server: &Server,
    copied: &Content,
    before: Epoch,
    way: &str,
    verdict: &mut Verdict,
) -> Result<()> {
    let epoch = server.read_epoch().await?;
    if epoch == before {
        verdict.add(Wrong::Mixed, || format!("{way}: goes on as if nothing had happened"));
    }
    // The log is read while nobody has written anything but survivors, who write nothing.
    let log: Vec<Entry> = match server.read_log().await {
        Ok(log) => log,
        Err(error) => {
            verdict.add(Wrong::Mixed, || format!("{way}: {error:#}"));
            return Ok(());
        }
    };
    if log != copied.entries {
        let (restored, copied) = (log.len(), copied.entries.len());
        verdict.add(Wrong::Mixed, || format!("{way}: {restored} entries, the copy has {copied}, or others"));
    }
    Ok(())
}

/// Runs a command of `holdline log`.
async fn holdline_log(program: &Path, arguments: &[&str], database: &Path) -> Result<Output> {
    let mut command = Command::new(program);
    command.arg("log").args(arguments).arg("--log").arg(format!("sqlite:{}", database.display()));
    let output = timeout(COMMAND, command.kill_on_drop(true).output()).await;
    output.context("a command of holdline log did not end")?.context("holdline log cannot be started")
}

fn said(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}
