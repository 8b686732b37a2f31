//! `cargo xtask faults`: breaks things on purpose around the real server and checks what it promised. What is broken and
//! how is up to the crate `faults`; this builds it and the server, and brings the proxies it uses.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::Shell;

use crate::setup::proxies;
use crate::{paths, say, shell};

/// Builds, then runs with these flags. `HOLDLINE_BIN` names another server to test.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<()> {
    proxies::find_or_install(sh)?;
    let program = match env::var_os("HOLDLINE_BIN") {
        Some(program) => PathBuf::from(program),
        None => server(sh)?,
    };
    say::step("building what breaks it");
    let run = shell::cargo(sh).args(["run", "--release", "--package", "holdline_faults", "--bin", "faults"]);
    Ok(run.arg("--").args(flags).env("HOLDLINE_BIN", program).run()?)
}

/// Rounds that are about connections: these also run without event loops.
const ON_BOTH_WAYS: [&str; 4] = ["wake", "proxy", "nginx-http10", "slow"];

/// The short round of every fault, against the executable that `build` has left.
pub(crate) fn short(sh: &Shell) -> Result<()> {
    proxies::find_or_install(sh)?;
    // Unoptimised, as the tests have compiled most of it already; it is the server that has to be fast.
    let run = shell::cargo(sh).args(["run", "--package", "holdline_faults", "--bin", "faults"]);
    run.args(["--", "--short"]).env("HOLDLINE_BIN", paths::executable()).run()?;
    say::step("the same without event loops, where connections are what is broken");
    let rounds = ON_BOTH_WAYS.iter().flat_map(|name| ["--round", name]);
    let run = shell::cargo(sh).args(["run", "--package", "holdline_faults", "--bin", "faults"]);
    let run = run.args(["--", "--short", "--deliveries", "5000"]).args(rounds);
    Ok(run.env("HOLDLINE_BIN", paths::executable()).env(shell::PLAIN_HTTP, "1").run()?)
}

/// The server alone: nothing here looks at the page. Where the page is built already it is kept in the executable, so
/// that `cargo xtask build` finds what it has left.
pub(crate) fn server(sh: &Shell) -> Result<PathBuf> {
    say::step("building the server; the first time takes three minutes");
    let mut build = shell::cargo(sh).args(["build", "--release", "--package", "holdline_server"]);
    if paths::dist().join("index.html").is_file() {
        build = build.env("HOLDLINE_CLIENT", paths::dist());
    }
    build.run()?;
    Ok(paths::executable())
}
