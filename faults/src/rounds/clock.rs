//! The server's clock jumps by days, forwards and back, while it runs and between two runs. Needs libfaketime, which
//! puts itself between the server and the system's clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::{Bench, reached};
use crate::checker::{Verdict, Wrong};
use crate::load::{Load, Plan};
use crate::server::Server;

/// Where Debian, Fedora and Homebrew have it.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];
/// Offsets of the clock, taken at random.
const OFFSETS: [&str; 6] = ["+0", "+3600", "-3600", "+864000", "-864000", "-90"];

/// Longer than a few publishes take.
const SOON: Duration = Duration::from_secs(45);
/// Publishes to wait for after the clock was put right: of this many, at least one was stored after that.
const SOME: usize = 20;
/// How far a date may be off: a small step of the clock, and a round that ends slowly.
const TRUE: Duration = Duration::from_secs(600);

pub(super) async fn run(bench: &mut Bench) -> Result<Outcome> {
    let Some(library) = LIBRARIES.iter().map(PathBuf::from).find(|file| file.is_file()) else {
        return Ok(Outcome::Skipped(
            "there is no libfaketime; on Debian: apt-get install libfaketime".to_owned(),
        ));
    };
    let (jumps, plan) = if bench.is_short { (8, Plan::new(true)) } else { (60, Plan::new(false)) };
    let offset = bench.folder.path().join("offset");
    fs::write(&offset, "+0")?;
    let server = bench.server()?;
    let mut server = server
        .environment("LD_PRELOAD", library.display().to_string())
        .environment("FAKETIME_TIMESTAMP_FILE", offset.display().to_string())
        .environment("FAKETIME_NO_CACHE", "1")
        // Waiting is by a clock that no operator sets.
        .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .environment("DONT_FAKE_MONOTONIC", "1");
    server.start().await?;
    let mut rng = bench.rng.fork();
    let load = Load::start(&plan, &bench.program, server.address, server.address, &mut rng).await?;
    load.ledger.set_clock_jumps();
    for jump in 0..jumps {
        sleep(bench.time(Duration::from_millis(600))).await;
        let next = OFFSETS[bench.rng.usize(..OFFSETS.len())];
        set_clock(&offset, next)?;
        if jump % 8 == 7 {
            server.kill().await?;
            server.start().await?;
        }
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    // In the end the clock is right.
    set_clock(&offset, "+0")?;
    let before = load.ledger.acknowledgements();
    reached(&load.ledger, Instant::now() + SOON, || load.ledger.acknowledgements() > before + SOME).await;
    let ledger = load.ledger.clone();
    let mut verdict = bench.settle(load, &mut server, jumps).await?;
    if ledger.acknowledgements() > before + SOME {
        comes_back_to_the_truth(&server, &mut verdict).await?;
    }
    Ok(Outcome::Ran(verdict))
}

/// The newest entry is of now, whatever the clock said before.
async fn comes_back_to_the_truth(server: &Server, verdict: &mut Verdict) -> Result<()> {
    let log = server.read_log().await?;
    let newest = log.last().map_or(0, |entry| u128::from(entry.at.0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    if newest.abs_diff(now) > TRUE.as_millis() {
        verdict.add(Wrong::TimeBack, || format!("the newest entry is of {newest}, although it is {now}"));
    }
    Ok(())
}

/// Replaced in one step: the server reads it with every look at its clock.
fn set_clock(file: &Path, offset: &str) -> Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, offset)?;
    Ok(fs::rename(&new, file)?)
}
