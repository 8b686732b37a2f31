//! `cargo xtask conformance`: runs the numbered cases of docs/CONFORMANCE.md against any server.

use std::ffi::OsString;

use anyhow::Result;
use xshell::Shell;

use crate::shell;

/// Passes the flags on; fails when a case fails.
pub(crate) fn command(sh: &Shell, flags: &[OsString]) -> Result<()> {
    let cases = shell::cargo(sh).args(["run", "--quiet", "--package", "holdline_conformance", "--"]);
    Ok(cases.args(flags).run()?)
}
