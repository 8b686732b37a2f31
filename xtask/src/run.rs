//! `cargo xtask run [-- flags]`: builds, then becomes the server. Signals and the exit code are the server's own.

use std::convert::Infallible;
use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;
use xshell::Shell;

use crate::{build, paths, say};

/// Builds and starts `holdline serve` with these flags.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<Infallible> {
    build::command(sh)?;
    let mut server = Command::new(paths::executable());
    server.arg("serve").args(flags);
    let flags: Vec<_> = flags.iter().map(|flag| flag.to_string_lossy()).collect();
    say::step(format!("{} serve {}", paths::executable().display(), flags.join(" ")));
    replace_process(server)
}

/// Replaces this process, so that nothing stands between the person and the server.
#[cfg(unix)]
fn replace_process(mut command: Command) -> Result<Infallible> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec().into())
}

/// Runs it and ends with its exit code.
#[cfg(not(unix))]
fn replace_process(mut command: Command) -> Result<Infallible> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
