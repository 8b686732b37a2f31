//! Servers started on a foreign or damaged file: they must refuse it with a message and leave it unchanged, or read
//! what is readable and never invent an entry.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use holdline_shared::Entry;
use tokio::time::timeout;

use crate::checker::{Findings, Violation};
use crate::rounds::context::RoundContext;

/// The time limit for a start.
const START: Duration = Duration::from_secs(20);
/// The number of bytes that are overwritten in the middle of a database.
const HOLE: usize = 64 * 1024;

pub(super) async fn check(
    context: &mut RoundContext,
    database: &Path,
    findings: &mut Findings,
) -> Result<()> {
    let folder = context.folder.path().join("foreign");
    fs::create_dir_all(&folder)?;
    let truth = {
        let mut server = context.server_on(database)?;
        server.start().await?;
        let log = server.read_log().await?;
        // A graceful stop moves everything into the database file.
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
        if let Err(why) = try_out(context, &file, &bytes, &truth, must_refuse).await? {
            findings.add(Violation::Unclear, || format!("a server started on {what}: {why}"));
        }
        findings.faults += 1;
    }
    Ok(())
}

/// Starts a server on the file. Returns the reason if its behaviour is wrong.
async fn try_out(
    context: &mut RoundContext,
    file: &PathBuf,
    bytes: &[u8],
    truth: &[Entry],
    must_refuse: bool,
) -> Result<Result<(), String>> {
    let mut server = context.server_on(file)?;
    let open = server.spawn()?;
    let Ok(open) = timeout(START, open).await else {
        return Ok(Err("it neither opened nor ended".to_owned()));
    };
    if open.is_err() {
        let status = server.exit().await?;
        let output = server.last_output();
        if status.success() || output.trim().is_empty() {
            return Ok(Err(format!("it ended with {status} and said {output:?}")));
        }
        if must_refuse && fs::read(file)? != bytes {
            return Ok(Err("it refused the file, but changed it".to_owned()));
        }
        return Ok(Ok(()));
    }
    if must_refuse {
        return Ok(Err("it opened".to_owned()));
    }
    // The server opened a file with damage further inside: all that it reads must be correct, or an error.
    let answer = match server.read_log().await {
        Ok(log) if log.iter().all(|entry| truth.contains(entry)) && log.len() == truth.len() => Ok(()),
        Ok(log) => Err(format!("it reads {} of {} entries and says nothing", log.len(), truth.len())),
        Err(_) => Ok(()),
    };
    server.kill().await?;
    Ok(answer)
}
