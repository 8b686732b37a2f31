//! Steps that need nothing but a compiler for this machine.

use anyhow::Result;

use super::Bench;
use crate::shell::{self, PLAIN_HTTP};

/// Formatting.
pub(super) fn format(bench: &Bench<'_>) -> Result<()> {
    Ok(shell::cargo(bench.sh).args(["fmt", "--all", "--check"]).run()?)
}

/// Lints of everything, tests and examples too.
pub(super) fn clippy(bench: &Bench<'_>) -> Result<()> {
    let clippy = shell::cargo(bench.sh).args(["clippy", "--workspace", "--all-targets"]);
    Ok(clippy.args(["--", "-D", "warnings"]).run()?)
}

/// Units, contract suites, sockets, examples in the documentation: all but client and browsers. The hub's model tests run on
/// loom's locks, and what goes over sockets a second time without event loops.
pub(super) fn units(bench: &Bench<'_>) -> Result<()> {
    let test = shell::cargo(bench.sh).args(["test", "--workspace"]);
    test.args(["--exclude", "holdline_frontend", "--exclude", "holdline_e2e"]).run()?;
    let model = shell::cargo(bench.sh).args(["test", "--package", "holdline_server", "--lib"]);
    model.args(["--features", "loom", "--", "hub::interleavings"]).run()?;
    let again = shell::cargo(bench.sh).args(["test", "--package", "holdline_server", "--test", "it"]);
    // Those that compare both ways have done so already.
    Ok(again.args(["--", "--skip", "both_ways"]).env(PLAIN_HTTP, "1").run()?)
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
