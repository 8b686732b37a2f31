//! What a round works with: a folder, a server, dice, and how a round ends.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use holdline_shared::{Entry, RoomName};
use tempfile::TempDir;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::checker::{Ledger, Verdict, Wrong, check_history};
use crate::load::{Load, Scribe};
use crate::orders::Orders;
use crate::server::Server;

/// How long after the last fault everything may take to arrive: longer than the longest pause of any client, which is
/// 30 seconds.
const SETTLE: Duration = Duration::from_secs(45);
/// Longer than any client pauses: a round in which nobody is told anything for so long has come to a standstill.
const STANDSTILL: Duration = Duration::from_secs(40);

/// A round's means.
pub(crate) struct Bench {
    pub(crate) program: PathBuf,
    pub(crate) is_short: bool,
    /// Deliveries that this round should check.
    pub(crate) deliveries: usize,
    pub(crate) rng: Rng,
    pub(crate) folder: TempDir,
    said: String,
}

impl Bench {
    /// For the round of this name, one of so many.
    pub(crate) fn new(orders: &Orders, name: &str, rounds: usize) -> Result<Self> {
        let salt = name.bytes().fold(0_u64, |salt, byte| salt.wrapping_mul(31).wrapping_add(byte.into()));
        Ok(Self {
            program: std::path::absolute(&orders.program)?,
            is_short: orders.short,
            deliveries: orders.deliveries.div_ceil(rounds.max(1)),
            rng: Rng::with_seed(orders.seed ^ salt),
            folder: tempfile::Builder::new().prefix("holdline-faults-").tempdir()?,
            said: String::new(),
        })
    }

    /// A server with its database in the round's folder; not started yet.
    pub(crate) fn server(&mut self) -> Result<Server> {
        let database = self.folder.path().join("holdline.db");
        self.server_on(&database)
    }

    /// A server with its database elsewhere.
    pub(crate) fn server_on(&mut self, database: &Path) -> Result<Server> {
        Server::new(&self.program, database, &mut self.rng)
    }

    /// A random time up to `most`.
    pub(crate) fn time(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.rng.f64())
    }

    /// What the server said last, for whoever looks for a reason.
    pub(crate) fn last_words(&self) -> &str {
        &self.said
    }

    /// Waits until the round has its deliveries, at least until `not_before`.
    pub(crate) async fn deliver(&self, ledger: &Ledger, not_before: Instant) {
        sleep_until(not_before).await;
        let wanted = self.deliveries;
        loop {
            let before = ledger.deliveries();
            if reached(ledger, Instant::now() + STANDSTILL, || ledger.deliveries() >= wanted).await {
                return;
            }
            if ledger.deliveries() == before {
                return ledger.complain(Wrong::Unclear, format!("nothing was delivered for {STANDSTILL:?}"));
            }
        }
    }

    /// The end of every round, when nothing is broken any more: publishers finish, readers get the rest, the server is
    /// killed once more, and what is in the log after that is the truth.
    pub(crate) async fn settle(&mut self, load: Load, server: &mut Server, faults: usize) -> Result<Verdict> {
        self.settle_with(load, server, faults, None).await
    }

    /// The same; a scribe knows what the log has forgotten.
    pub(crate) async fn settle_with(
        &mut self,
        mut load: Load,
        server: &mut Server,
        faults: usize,
        scribe: Option<Scribe>,
    ) -> Result<Verdict> {
        load.hurry();
        load.end_publishing().await;
        let log = server.read_log().await?;
        let ledger = load.ledger.clone();
        load.hurry();
        catch_up(&ledger, &log).await;
        let answers = ledger.answers();
        server.kill().await?;
        server.start().await?;
        // Nobody must be told again what was told before: one more answer for everyone who polls.
        let polled = || ledger.silent_since(&answers).is_empty();
        let deadline = Instant::now() + SETTLE;
        while !reached(&ledger, deadline.min(Instant::now() + Duration::from_secs(1)), polled).await {
            load.hurry();
            if Instant::now() >= deadline {
                let silent = ledger.silent_since(&answers).join(", ");
                ledger.complain(Wrong::Undelivered, format!("not back after a restart: {silent}"));
                break;
            }
        }
        let kept = server.read_log().await?;
        let whole = match scribe {
            Some(scribe) => scribe.end(&kept).await?,
            None => kept.clone(),
        };
        drop(load);
        let mut verdict = ledger.check_forgetful(&whole, &kept);
        compare_history(server, &whole, &kept, &mut verdict).await?;
        verdict.faults = faults;
        if !verdict.is_clean() {
            self.said = server.last_words();
        }
        Ok(verdict)
    }
}

/// Compares the history of every room with the fold of its entries: all that the log ever had, and still has.
pub(crate) async fn compare_history(
    server: &Server,
    whole: &[Entry],
    kept: &[Entry],
    verdict: &mut Verdict,
) -> Result<()> {
    let rooms: BTreeSet<&RoomName> = kept.iter().map(|entry| &entry.room).collect();
    for room in rooms {
        let history = server.read_history(room).await?;
        check_history(whole, kept, room, &history, verdict);
    }
    Ok(())
}

/// Waits until every reader has come to the end of this log; the checker says later whether they saw what they should.
pub(crate) async fn catch_up(ledger: &Ledger, log: &[Entry]) {
    reached(ledger, Instant::now() + SETTLE, || ledger.behind(log).is_empty()).await;
}

/// Looks again with every line in the ledger, until it is so or the time is over. Answers whether it is so.
pub(crate) async fn reached(ledger: &Ledger, deadline: Instant, is_so: impl Fn() -> bool) -> bool {
    let mut lines = ledger.lines();
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
