//! `cargo xtask faults`: builds the server, installs the proxies, and runs the crate `faults`, which breaks things on purpose
//! and checks the promise.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use xshell::{Cmd, Shell};

use crate::setup::proxies;
use crate::{paths, say, shell};

/// Builds and runs with these flags. `HOLDLINE_BIN` names another server to test.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<()> {
    proxies::find_or_install(sh)?;
    let program = match env::var_os("HOLDLINE_BIN") {
        Some(program) => PathBuf::from(program),
        None => server(sh)?,
    };
    say::step("building the faults");
    let run = shell::cargo(sh).args(["run", "--release", "--package", "holdline_faults", "--bin", "faults"]);
    Ok(run.arg("--").args(flags).env("HOLDLINE_BIN", program).run()?)
}

/// Rounds about connections, which also run without event loops.
const ON_BOTH_WAYS: [&str; 4] = ["wake", "proxy", "nginx-http10", "slow"];

/// Runs the short round of every fault against the built executable.
pub(crate) fn short(sh: &Shell) -> Result<()> {
    proxies::find_or_install(sh)?;
    short_run(sh, &[]).run()?;
    say::step("the same behind a closed door, where everybody signs in");
    short_run(sh, &["--door", "invite", "--round", "kill", "--deliveries", "5000"]).run()?;
    say::step("the same without event loops, where connections are what is broken");
    let rounds = ON_BOTH_WAYS.iter().flat_map(|name| ["--round", name]);
    let run = short_run(sh, &["--deliveries", "5000"]).args(rounds);
    Ok(run.env(shell::PLAIN_HTTP, "1").run()?)
}

/// A short run with these flags. Unoptimised, as the tests have compiled most of the crate already; only the server has to be
/// fast.
fn short_run<'a>(sh: &'a Shell, flags: &[&str]) -> Cmd<'a> {
    let run = shell::cargo(sh).args(["run", "--package", "holdline_faults", "--bin", "faults"]);
    run.args(["--", "--short"]).args(flags).env("HOLDLINE_BIN", paths::executable())
}

/// Builds the server alone, without building the page. A page that is built already is embedded, so that `cargo xtask build`
/// has nothing to do anew.
pub(crate) fn server(sh: &Shell) -> Result<PathBuf> {
    say::step("building the server; the first time takes three minutes");
    let mut build = shell::cargo(sh).args(["build", "--release", "--package", "holdline_server"]);
    if paths::dist().join("index.html").is_file() {
        build = build.env("HOLDLINE_CLIENT", paths::dist());
    }
    build.run()?;
    Ok(paths::executable())
}
