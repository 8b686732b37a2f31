//! Steps that need nothing but a compiler for this machine.

use anyhow::Result;

use super::Bench;
use crate::shell;

/// Formatting.
pub(super) fn format(bench: &Bench<'_>) -> Result<()> {
    Ok(shell::cargo(bench.sh).args(["fmt", "--all", "--check"]).run()?)
}

/// Lints of everything, tests and examples too.
pub(super) fn clippy(bench: &Bench<'_>) -> Result<()> {
    let clippy = shell::cargo(bench.sh).args(["clippy", "--workspace", "--all-targets"]);
    Ok(clippy.args(["--", "-D", "warnings"]).run()?)
}

/// Units, contract suites, sockets, examples in the documentation: all but client and browsers.
pub(super) fn units(bench: &Bench<'_>) -> Result<()> {
    let test = shell::cargo(bench.sh).args(["test", "--workspace"]);
    Ok(test.args(["--exclude", "holdline_frontend", "--exclude", "holdline_e2e"]).run()?)
}

/// State and components, rendered to text.
pub(super) fn components(bench: &Bench<'_>) -> Result<()> {
    Ok(shell::cargo(bench.sh).args(["test", "--package", "holdline_frontend"]).run()?)
}

/// Documentation.
pub(super) fn docs(bench: &Bench<'_>) -> Result<()> {
    let doc = shell::cargo(bench.sh).args(["doc", "--workspace", "--no-deps"]);
    Ok(doc.env("RUSTDOCFLAGS", "-D warnings").run()?)
}
