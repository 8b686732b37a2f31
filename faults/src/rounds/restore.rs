//! The log is copied while the server runs; the server is killed, and the copy put over the files that the crash left,
//! with and without those beside it. A server must refuse that, or continue with exactly the copy's content under a new
//! epoch, so that every client is told. Entries after the copy are gone, which is what restoring means.

mod incarnations;
mod persistent_reader;

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

use super::context::{RoundContext, reached};
use crate::checker::{Findings, Ledger, Violation};
use crate::database::{self, Content};
use crate::load::{Load, LoadPlan};
use crate::report::{Report, RoundResult};
use crate::server::Server;
use incarnations::Incarnations;
use persistent_reader::PersistentReader;

/// Readers that continue through all restores.
const READERS: usize = 8;
/// The longest time before a copy, and between the copy and the kill.
const LIFE: Duration = Duration::from_millis(1200);
/// The time limit of a `holdline log` command.
const COMMAND: Duration = Duration::from_secs(60);
/// The time limit for a start, refused or not.
const START: Duration = Duration::from_secs(20);
/// The time limit until all readers notice a restore: longer than the longest pause of a client.
const TOLD: Duration = Duration::from_secs(60);

/// A way to put a copy back by hand: its description, the files beside the log that are removed first, and whether the
/// copy replaces the log's file or only its content.
type RestoreMethod = (&'static str, &'static [&'static str], bool);

const METHODS: [RestoreMethod; 6] = [
    ("copied over, everything left beside it", &[], false),
    ("copied over, without the lock file", &["-lock"], false),
    ("copied over, without the write-ahead log", &["-wal", "-shm"], false),
    ("copied over, with nothing beside it", &["-wal", "-shm", "-lock"], false),
    ("moved there, everything left beside it", &[], true),
    ("moved there, without index and lock file", &["-shm", "-lock"], true),
];

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let restores = context.size(4, 18);
    let mut plan = context.plan();
    // The phases are too short for child processes.
    (plan.tails, plan.per_selection) = (0, 2);
    let mut server = context.server()?;
    let database = context.folder.path().join("holdline.db");
    server.start().await?;
    let incarnations = Arc::new(Incarnations::default());
    let mut readers = JoinSet::new();
    for n in 0..READERS {
        let (http, incarnations) = (server.client(), incarnations.clone());
        readers.spawn(
            PersistentReader { http, incarnations, rng: context.rng.fork(), name: format!("reader {n}") }
                .read(),
        );
    }
    let mut findings = Findings::default();
    // A short round does not use all methods.
    let first_method = context.rng.usize(..METHODS.len());
    let mut refused = 0;
    for restore in 0..restores {
        let (ledger, load) = live(context, &plan, &server, &incarnations).await?;
        await_readers(&incarnations, &ledger).await;
        sleep(context.time(LIFE)).await;
        let copy = context.folder.path().join(format!("copy-{restore}.db"));
        let uses_command = restore % 2 == 0;
        back_up(&context.program, &database, &copy, uses_command, &ledger).await?;
        let copied = database::read(&copy, context.folder.path())?;
        sleep(context.time(LIFE)).await;
        server.kill().await?;
        load.abort().await;
        let ended = database::read(&database, context.folder.path())?;
        for (what, content) in [("what the crash left", &ended), ("the copy", &copied)] {
            if content.integrity != "ok" {
                findings.add(Violation::Mixed, || format!("{what} is damaged: {}", content.integrity));
            }
        }
        findings.take(ledger.check_interrupted(&ended.entries));
        let way = METHODS[(first_method + restore) % METHODS.len()];
        put_back(&copy, &database, way)?;
        let was_refused = start_restored(context, &mut server, &copy, &database, way, &mut findings).await?;
        refused += usize::from(was_refused);
        is_the_copy(&server, &copied, ended.epoch, way.0, &mut findings).await?;
        findings.faults += 1;
    }
    let (ledger, load) = live(context, &plan, &server, &incarnations).await?;
    await_readers(&incarnations, &ledger).await;
    context.deliver(&ledger, Instant::now()).await;
    findings.take(context.settle(load, &mut server, 0).await?);
    readers.shutdown().await;
    server.stop().await?;
    let output = holdline_log(&context.program, &["check"], &database).await?;
    if !output.status.success() {
        findings.add(Violation::Mixed, || format!("holdline log check: {}", said(&output)));
    }
    Report::note(&format!("{restores} copies put back, {refused} refused until restored by the command"));
    Ok(RoundResult::Ran(findings))
}

/// Starts load on the current incarnation of the log, recorded in its own ledger.
async fn live(
    context: &mut RoundContext,
    plan: &LoadPlan,
    server: &Server,
    incarnations: &Incarnations,
) -> Result<(Arc<Ledger>, Load)> {
    let ledger = incarnations.ledger(server.read_epoch().await?);
    // What the copy has was asked for in the incarnations before.
    if let Some(last) = server.read_log().await?.last() {
        ledger.begin_after(last.seq);
    }
    let mut rng: Rng = context.rng.fork();
    let (door, program, address) = (&context.door, &context.program, server.address);
    let load = Load::start_in(ledger.clone(), plan, door, program, address, address, &mut rng).await?;
    Ok((ledger, load))
}

/// Waits until all persistent readers have noticed the new incarnation.
async fn await_readers(incarnations: &Incarnations, ledger: &Arc<Ledger>) {
    let deadline = Instant::now() + TOLD;
    if !reached(ledger, deadline, || incarnations.readers(ledger) == READERS).await {
        let back = incarnations.readers(ledger);
        ledger.report(Violation::Undelivered, format!("{back} of {READERS} came over to the restored log"));
    }
}

/// Copies the log of a running server, with `holdline log backup` or with SQLite.
async fn back_up(
    program: &Path,
    database: &Path,
    copy: &Path,
    uses_command: bool,
    ledger: &Ledger,
) -> Result<()> {
    if uses_command {
        let name = copy.to_str().context("the path is no text")?;
        let output = holdline_log(program, &["backup", name], database).await?;
        if output.status.success() {
            return Ok(());
        }
        ledger.report(Violation::Unclear, format!("holdline log backup: {}", said(&output)));
    }
    let (database, copy) = (database.to_owned(), copy.to_owned());
    tokio::task::spawn_blocking(move || database::vacuum_into(&database, &copy)).await?
}

/// Puts the copy in the log's place.
fn put_back(copy: &Path, database: &Path, (_, removed, is_moved): RestoreMethod) -> Result<()> {
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

/// Starts the server on the restored files; if it refuses them, restores the copy with `holdline log restore`. Returns
/// whether the server refused.
async fn start_restored(
    context: &RoundContext,
    server: &mut Server,
    copy: &Path,
    database: &Path,
    (way, ..): RestoreMethod,
    findings: &mut Findings,
) -> Result<bool> {
    let open = server.spawn()?;
    let opened = timeout(START, open).await.context("the server neither opened nor refused")?;
    if opened.is_ok() {
        return Ok(false);
    }
    let status = server.exit().await?;
    if status.success() || server.last_output().trim().is_empty() {
        findings.add(Violation::Unclear, || {
            format!("{way}: ended with {status}, said {:?}", server.last_output())
        });
    }
    let name = copy.to_str().context("the path is no text")?;
    let output = holdline_log(&context.program, &["restore", name], database).await?;
    ensure!(
        output.status.success(),
        "{way}: {}\nholdline log restore: {}",
        server.last_output(),
        said(&output)
    );
    server.start().await?;
    Ok(true)
}

/// Checks that the restored log equals the copy and has a new epoch.
async fn is_the_copy(
    server: &Server,
    copied: &Content,
    before: Epoch,
    way: &str,
    findings: &mut Findings,
) -> Result<()> {
    let epoch = server.read_epoch().await?;
    if epoch == before {
        findings.add(Violation::Mixed, || format!("{way}: goes on as if nothing had happened"));
    }
    // Nothing is written at this moment: only persistent readers run.
    let log: Vec<Entry> = match server.read_log().await {
        Ok(log) => log,
        Err(error) => {
            findings.add(Violation::Mixed, || format!("{way}: {error:#}"));
            return Ok(());
        }
    };
    if log != copied.entries {
        let (restored, copied) = (log.len(), copied.entries.len());
        findings
            .add(Violation::Mixed, || format!("{way}: {restored} entries, the copy has {copied}, or others"));
    }
    Ok(())
}

/// Runs a `holdline log` command.
async fn holdline_log(program: &Path, arguments: &[&str], database: &Path) -> Result<Output> {
    let mut command = Command::new(program);
    command.arg("log").args(arguments).arg("--log").arg(format!("sqlite:{}", database.display()));
    let output = timeout(COMMAND, command.kill_on_drop(true).output()).await;
    output.context("a command of holdline log did not end")?.context("holdline log cannot be started")
}

fn said(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}
