//! The environment of a round: a folder, a server, random numbers, and the common end of all rounds.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use holdline_shared::{Entry, RoomName};
use tempfile::TempDir;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::checker::{Findings, Ledger, Violation, check_history};
use crate::door::Door;
use crate::load::{Load, LoadPlan, LogRecorder};
use crate::options::Options;
use crate::server::Server;

/// The time limit for all deliveries after the last fault: longer than the longest pause of any client, which is 30
/// seconds.
const SETTLE: Duration = Duration::from_secs(45);
/// The time without any delivery after which a round has stalled: longer than any client pauses.
const STANDSTILL: Duration = Duration::from_secs(40);

/// The environment of a round.
pub(crate) struct RoundContext {
    pub(crate) program: PathBuf,
    pub(crate) is_short: bool,
    /// The minimum number of deliveries that this round must check.
    pub(crate) deliveries: usize,
    pub(crate) rng: Rng,
    pub(crate) folder: TempDir,
    pub(crate) door: Arc<Door>,
    server_output: String,
}

impl RoundContext {
    /// Prepares the round `name`, one of `rounds`.
    pub(crate) fn new(options: &Options, name: &str, rounds: usize) -> Result<Self> {
        let salt = name.bytes().fold(0_u64, |salt, byte| salt.wrapping_mul(31).wrapping_add(byte.into()));
        Ok(Self {
            program: std::path::absolute(&options.program)?,
            is_short: options.short,
            deliveries: options.deliveries.div_ceil(rounds.max(1)),
            rng: Rng::with_seed(options.seed ^ salt),
            folder: tempfile::Builder::new().prefix("holdline-faults-").tempdir()?,
            door: Arc::new(Door::new(options.door)),
            server_output: String::new(),
        })
    }

    /// `short` for a short round, `long` for a long one.
    pub(crate) fn size<T>(&self, short: T, long: T) -> T {
        if self.is_short { short } else { long }
    }

    /// The usual load of this round's size.
    pub(crate) fn plan(&self) -> LoadPlan {
        LoadPlan::new(self.is_short)
    }

    /// Starts a server with its database in the round's folder.
    pub(crate) async fn start_server(&mut self) -> Result<Server> {
        let mut server = self.server()?;
        server.start().await?;
        Ok(server)
    }

    /// Starts the load against `front`, the address of the server or of a proxy before it.
    pub(crate) async fn start_load(
        &mut self,
        plan: &LoadPlan,
        server: &Server,
        front: SocketAddr,
    ) -> Result<Load> {
        let mut rng = self.rng.fork();
        Load::start(plan, &self.door, &self.program, server.address, front, &mut rng).await
    }

    /// Prepares a server with its database in the round's folder, without starting it.
    pub(crate) fn server(&mut self) -> Result<Server> {
        let database = self.folder.path().join("holdline.db");
        self.server_on(&database)
    }

    /// Prepares a server with its database elsewhere.
    pub(crate) fn server_on(&mut self, database: &Path) -> Result<Server> {
        Server::new(&self.program, database, self.door.clone(), &mut self.rng)
    }

    /// A random time up to `most`.
    pub(crate) fn time(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.rng.f64())
    }

    /// The last lines of the server's log, for error messages.
    pub(crate) fn last_output(&self) -> &str {
        &self.server_output
    }

    /// Waits until the round has its deliveries, and at least until `not_before`.
    pub(crate) async fn deliver(&self, ledger: &Ledger, not_before: Instant) {
        sleep_until(not_before).await;
        let wanted = self.deliveries;
        loop {
            let before = ledger.deliveries();
            if reached(ledger, Instant::now() + STANDSTILL, || ledger.deliveries() >= wanted).await {
                return;
            }
            if ledger.deliveries() == before {
                return ledger
                    .report(Violation::Unclear, format!("nothing was delivered for {STANDSTILL:?}"));
            }
        }
    }

    /// Ends a round after the last fault: publishers finish, readers receive the rest, and the server is killed once
    /// more. The log after that restart is compared with the ledger.
    pub(crate) async fn settle(
        &mut self,
        load: Load,
        server: &mut Server,
        faults: usize,
    ) -> Result<Findings> {
        self.settle_with(load, server, faults, None).await
    }

    /// Ends a round with retention: `recorder` has the entries that have expired.
    pub(crate) async fn settle_with(
        &mut self,
        mut load: Load,
        server: &mut Server,
        faults: usize,
        recorder: Option<LogRecorder>,
    ) -> Result<Findings> {
        load.retry_now();
        load.end_publishing().await;
        let log = server.read_log().await?;
        let ledger = load.ledger.clone();
        load.retry_now();
        catch_up(&ledger, &log).await;
        let answers = ledger.answers();
        server.kill().await?;
        server.start().await?;
        // Nothing may be delivered again: every reader gets one more answer.
        let polled = || ledger.silent_since(&answers).is_empty();
        let deadline = Instant::now() + SETTLE;
        while !reached(&ledger, deadline.min(Instant::now() + Duration::from_secs(1)), polled).await {
            load.retry_now();
            if Instant::now() >= deadline {
                let silent = ledger.silent_since(&answers).join(", ");
                ledger.report(Violation::Undelivered, format!("not back after a restart: {silent}"));
                break;
            }
        }
        let kept = server.read_log().await?;
        let whole = match recorder {
            Some(recorder) => recorder.end(&kept).await?,
            None => kept.clone(),
        };
        drop(load);
        let mut findings = ledger.check_with_retention(&whole, &kept);
        compare_history(server, &whole, &kept, &mut findings).await?;
        findings.faults = faults;
        if !findings.is_clean() {
            self.server_output = server.last_output();
        }
        Ok(findings)
    }
}

/// Compares the history of every room with the fold of `whole`, all entries that the log ever had; it still has `kept`.
pub(crate) async fn compare_history(
    server: &Server,
    whole: &[Entry],
    kept: &[Entry],
    findings: &mut Findings,
) -> Result<()> {
    let rooms: BTreeSet<&RoomName> = kept.iter().map(|entry| &entry.room).collect();
    for room in rooms {
        let history = server.read_history(room).await?;
        check_history(whole, kept, room, &history, findings);
    }
    Ok(())
}

/// Waits until every reader has received the end of this log, or for a while; the checker decides later whether they
/// received everything.
pub(crate) async fn catch_up(ledger: &Ledger, log: &[Entry]) {
    reached(ledger, Instant::now() + SETTLE, || ledger.readers_behind(log).is_empty()).await;
}

/// Checks `is_so` with every record in the ledger, until it is true or the deadline has passed. Returns whether it is
/// true.
pub(crate) async fn reached(ledger: &Ledger, deadline: Instant, is_so: impl Fn() -> bool) -> bool {
    let mut lines = ledger.watch();
    loop {
        lines.mark_unchanged();
        if is_so() {
            return true;
        }
        if !matches!(timeout_at(deadline, lines.changed()).await, Ok(Ok(()))) {
            return is_so();
        }
    }
}
