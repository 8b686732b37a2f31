//! The server's clock jumps by days, forwards and back, while the server runs and between two runs. Needs libfaketime,
//! which intercepts the server's calls for the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::{RoundContext, reached};
use crate::checker::{Findings, Violation};
use crate::report::RoundResult;
use crate::server::Server;

/// The paths of libfaketime on Debian, Fedora and Homebrew.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];
/// Offsets of the clock, chosen at random.
const OFFSETS: [&str; 6] = ["+0", "+3600", "-3600", "+864000", "-864000", "-90"];

/// The time limit for a few publishes.
const SOON: Duration = Duration::from_secs(45);
/// Publishes to wait for after the clock was corrected: at least one of them was stored after that.
const SOME: usize = 20;
/// The largest error of a date: a small step of the clock, and the duration of the round's end.
const TRUE: Duration = Duration::from_secs(600);

pub(super) async fn run(context: &mut RoundContext) -> Result<RoundResult> {
    let Some(library) = LIBRARIES.iter().map(PathBuf::from).find(|file| file.is_file()) else {
        return Ok(RoundResult::Skipped(
            "there is no libfaketime; on Debian: apt-get install libfaketime".to_owned(),
        ));
    };
    let jumps = context.size(8, 60);
    let plan = context.plan();
    let offset = context.folder.path().join("offset");
    fs::write(&offset, "+0")?;
    let server = context.server()?;
    let mut server = server
        .environment("LD_PRELOAD", library.display().to_string())
        .environment("FAKETIME_TIMESTAMP_FILE", offset.display().to_string())
        .environment("FAKETIME_NO_CACHE", "1")
        // Timers use the monotonic clock, which no operator sets.
        .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .environment("DONT_FAKE_MONOTONIC", "1");
    server.start().await?;
    let load = context.start_load(&plan, &server, server.address).await?;
    load.ledger.set_clock_jumping();
    for jump in 0..jumps {
        sleep(context.time(Duration::from_millis(600))).await;
        let next = OFFSETS[context.rng.usize(..OFFSETS.len())];
        set_clock(&offset, next)?;
        if jump % 8 == 7 {
            server.kill().await?;
            server.start().await?;
        }
    }
    context.deliver(&load.ledger, Instant::now()).await;
    // The clock is right at the end.
    set_clock(&offset, "+0")?;
    let before = load.ledger.acknowledgements();
    reached(&load.ledger, Instant::now() + SOON, || load.ledger.acknowledgements() > before + SOME).await;
    let ledger = load.ledger.clone();
    let mut findings = context.settle(load, &mut server, jumps).await?;
    if ledger.acknowledgements() > before + SOME {
        comes_back_to_the_truth(&server, &mut findings).await?;
    }
    Ok(RoundResult::Ran(findings))
}

/// Checks that the newest entry has the current time, whatever the clock was before.
async fn comes_back_to_the_truth(server: &Server, findings: &mut Findings) -> Result<()> {
    let log = server.read_log().await?;
    let newest = log.last().map_or(0, |entry| u128::from(entry.at.0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    if newest.abs_diff(now) > TRUE.as_millis() {
        findings
            .add(Violation::TimeBack, || format!("the newest entry is of {newest}, although it is {now}"));
    }
    Ok(())
}

/// Replaces the file atomically: libfaketime reads it whenever the server asks for the time.
fn set_clock(file: &Path, offset: &str) -> Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, offset)?;
    Ok(fs::rename(&new, file)?)
}
