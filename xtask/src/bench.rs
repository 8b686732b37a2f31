//! `cargo xtask bench`: measures the real server beside its peers. What is measured and how is up to the crate `bench`;
//! this builds it and the server, and brings the peers that are not ours.

mod peers;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::Shell;

use crate::{faults, paths, say, shell};

/// Builds, then runs with these flags. `HOLDLINE_BIN` names another server to measure.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<()> {
    let program = if flags.iter().any(|flag| flag == "--write") {
        paths::executable()
    } else {
        peers::find_or_install(sh, flags)?;
        server(sh, flags)?
    };
    say::step("building what measures it");
    // Not `cargo run`: the floor, a peer, is a program of its own.
    shell::cargo(sh).args(["build", "--release", "--package", "holdline_bench"]).run()?;
    let bench = paths::target().join("release").join(format!("bench{}", env::consts::EXE_SUFFIX));
    Ok(sh.cmd(bench).args(flags).env("HOLDLINE_BIN", program).run()?)
}

/// The server to measure: built, unless another one is named or none is asked for.
fn server(sh: &Shell, flags: &[OsString]) -> Result<PathBuf> {
    match env::var_os("HOLDLINE_BIN") {
        Some(program) => Ok(PathBuf::from(program)),
        None if peers::is_asked_for("holdline", true, flags) => faults::server(sh),
        None => Ok(paths::executable()),
    }
}
