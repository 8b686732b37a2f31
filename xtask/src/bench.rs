//! `cargo xtask bench`: builds the server, installs the other peers, and runs the crate `bench`.

mod peers;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::Shell;

use crate::{faults, paths, say, shell};

/// Builds and measures with these flags. `HOLDLINE_BIN` names another server to measure.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<()> {
    let program = if flags.iter().any(|flag| flag == "--write") {
        paths::executable()
    } else {
        peers::find_or_install(sh, flags)?;
        server(sh, flags)?
    };
    say::step("building the bench");
    let bench = shell::cargo(sh).args(["run", "--release", "--package", "holdline_bench", "--"]);
    Ok(bench.args(flags).env("HOLDLINE_BIN", program).run()?)
}

/// Builds the server, unless the variable names another or no peer is `holdline`.
fn server(sh: &Shell, flags: &[OsString]) -> Result<PathBuf> {
    match env::var_os("HOLDLINE_BIN") {
        Some(program) => Ok(PathBuf::from(program)),
        None if peers::is_asked_for("holdline", true, flags) => faults::server(sh),
        None => Ok(paths::executable()),
    }
}
