//! A server started on what is no log of its own, or no longer: it has to say so and leave it alone, or to read what
//! can be read and never invent anything.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use holdline_shared::Entry;
use tokio::time::timeout;

use crate::checker::{Verdict, Wrong};
use crate::rounds::bench::Bench;

/// Longer than any start.
const START: Duration = Duration::from_secs(20);
/// Bytes that are overwritten in the middle of a database.
const HOLE: usize = 64 * 1024;

pub(super) async fn check(bench: &mut Bench, database: &Path, verdict: &mut Verdict) -> Result<()> {
    let folder = bench.folder.path().join("strange");
    fs::create_dir_all(&folder)?;
    let truth = {
        let mut server = bench.server_on(database)?;
        server.start().await?;
        let log = server.read_log().await?;
        // Stopped in order, so that everything is in the one file.
        server.stop().await?;
        log
    };
    let good = fs::read(database)?;

    let mut headless = good.clone();
    headless[..100].fill(b'x');
    let mut holed = good.clone();
    let middle = (good.len() / 2).saturating_sub(HOLE / 2);
    let end = (middle + HOLE).min(good.len());
    holed[middle..end].fill(0xA5);
    let cases = [
        ("a letter", b"Dear Ada, this is no database. ".repeat(500), true),
        ("a database without its head", headless, true),
        ("a database with a hole", holed, false),
        ("half a database", good[..good.len() / 2].to_vec(), false),
    ];
    for (n, (what, bytes, must_refuse)) in cases.into_iter().enumerate() {
        let file = folder.join(format!("{n}.db"));
        fs::write(&file, &bytes)?;
        if let Err(why) = try_out(bench, &file, &bytes, &truth, must_refuse).await? {
            verdict.add(Wrong::Unclear, || format!("a server started on {what}: {why}"));
        }
        verdict.faults += 1;
    }
    Ok(())
}

/// Starts a server on the file. What is wrong with what it does, if anything.
async fn try_out(
    bench: &mut Bench,
    file: &PathBuf,
    bytes: &[u8],
    truth: &[Entry],
    must_refuse: bool,
) -> Result<Result<(), String>> {
    let mut server = bench.server_on(file)?;
    let open = server.spawn()?;
    let Ok(open) = timeout(START, open).await else {
        return Ok(Err("it neither opened nor ended".to_owned()));
    };
    if open.is_err() {
        let status = server.exit().await?;
        let words = server.last_words();
        if status.success() || words.trim().is_empty() {
            return Ok(Err(format!("it ended with {status} and said {words:?}")));
        }
        if must_refuse && fs::read(file)? != bytes {
            return Ok(Err("it refused the file, but changed it".to_owned()));
        }
        return Ok(Ok(()));
    }
    if must_refuse {
        return Ok(Err("it opened".to_owned()));
    }
    // It opened what is damaged further down: what it reads from it has to be true, or an error.
    let answer = match server.read_log().await {
        Ok(log) if log.iter().all(|entry| truth.contains(entry)) && log.len() == truth.len() => Ok(()),
        Ok(log) => Err(format!("it reads {} of {} entries and says nothing", log.len(), truth.len())),
        Err(_) => Ok(()),
    };
    server.kill().await?;
    Ok(answer)
}
