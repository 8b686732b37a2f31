//! The server's clock jumps by days, forwards and back, while it runs and between two runs. Needs libfaketime, which
//! puts itself between the server and the system's clock.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::Outcome;
use super::bench::Bench;
use crate::load::{Load, Plan};

/// Where Debian, Fedora and Homebrew have it.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];
/// What the clock is off by, in turn at random.
const OFFSETS: [&str; 6] = ["+0", "+3600", "-3600", "+864000", "-864000", "-90"];

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
    for jump in 0..jumps {
        sleep(bench.time(Duration::from_millis(600))).await;
        let next = OFFSETS[bench.rng.usize(..OFFSETS.len())];
        // Replaced in one step: the server reads it with every look at its clock.
        let new = offset.with_extension("new");
        fs::write(&new, next)?;
        fs::rename(&new, &offset)?;
        if jump % 8 == 7 {
            server.kill().await?;
            server.start().await?;
        }
    }
    bench.deliver(&load.ledger, Instant::now()).await;
    Ok(Outcome::Ran(bench.settle(load, &mut server, jumps).await?))
}
