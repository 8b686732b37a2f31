//! Starts other programs, with a clean environment and a time limit.

use std::env;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use xshell::{Cmd, Shell, cmd};

/// Variables that cargo sets for the program that it runs. A nested cargo must not see them: build scripts and `env!`
/// would take them for the user's and rebuild.
const SET_BY_CARGO: [&str; 3] = ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"];

/// The environment variable with which the server serves polls like every other request, without event loops.
pub(crate) const PLAIN_HTTP: &str = "HOLDLINE_PLAIN_HTTP";

/// The time that a child has to end by itself; the server answers what it holds within two seconds.
const GRACE: Duration = Duration::from_secs(5);

/// Interval between two looks at a child with a time limit.
const LOOK: Duration = Duration::from_millis(100);

/// A cargo command with the environment of the person's shell.
pub(crate) fn cargo(sh: &Shell) -> Cmd<'_> {
    without_cargo_variables(cmd!(sh, "cargo"))
}

/// Removes the variables that cargo has set from the command's environment.
pub(crate) fn without_cargo_variables(command: Cmd<'_>) -> Cmd<'_> {
    let package = env::vars_os().map(|(name, _)| name).filter(|name| {
        name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || SET_BY_CARGO.contains(&name))
    });
    package.fold(command, Cmd::env_remove)
}

/// Whether the program exists and has this version.
pub(crate) fn has_version(sh: &Shell, program: impl AsRef<Path>, wanted: &str) -> bool {
    let program = program.as_ref();
    let answer = cmd!(sh, "{program} --version").quiet().ignore_stderr().read();
    answer.is_ok_and(|text| text.split_whitespace().any(|word| word == wanted))
}

/// Whether the program exists and runs.
pub(crate) fn answers(sh: &Shell, program: &str) -> bool {
    cmd!(sh, "{program} --version").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

/// Whether a command succeeds within this time; ends it afterwards.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() >= end {
            stop(&mut child);
            return Ok(false);
        }
        thread::sleep(LOOK);
    }
}

/// Asks a child to end, gives it a few seconds, and waits for its end.
pub(crate) fn end(child: &mut Child) {
    if cfg!(unix) {
        let asked =
            Command::new("kill").arg("-TERM").arg(child.id().to_string()).stderr(Stdio::null()).status();
        let end = Instant::now() + GRACE;
        while asked.is_ok() && Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
            thread::sleep(LOOK);
        }
    }
    stop(child);
}

/// Ends a child at once, and waits for its end.
pub(crate) fn stop(child: &mut Child) {
    // Both fail only if the child has ended by itself.
    child.kill().unwrap_or_default();
    child.wait().map(drop).unwrap_or_default();
}
