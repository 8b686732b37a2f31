//! Steps that need only a compiler for this machine.

use anyhow::Result;

use super::context::Context;
use crate::shell::{self, PLAIN_HTTP};

/// Formatting.
pub(super) fn format(context: &Context<'_>) -> Result<()> {
    Ok(shell::cargo(context.sh).args(["fmt", "--all", "--check"]).run()?)
}

/// Lints of everything, tests and examples too.
pub(super) fn clippy(context: &Context<'_>) -> Result<()> {
    let clippy = shell::cargo(context.sh).args(["clippy", "--workspace", "--all-targets"]);
    Ok(clippy.args(["--", "-D", "warnings"]).run()?)
}

/// Units, contract suites, sockets, examples in the documentation: all but client and browsers. The hub's model tests run on
/// loom's locks, and what goes over sockets a second time without event loops.
pub(super) fn units(context: &Context<'_>) -> Result<()> {
    let test = shell::cargo(context.sh).args(["test", "--workspace"]);
    test.args(["--exclude", "holdline_frontend", "--exclude", "holdline_e2e"]).run()?;
    let model = shell::cargo(context.sh).args(["test", "--package", "holdline_server", "--lib"]);
    model.args(["--features", "loom", "--", "hub::interleavings"]).run()?;
    let again = shell::cargo(context.sh).args(["test", "--package", "holdline_server", "--test", "it"]);
    // Tests that compare both ways need no second run.
    Ok(again.args(["--", "--skip", "both_ways"]).env(PLAIN_HTTP, "1").run()?)
}

/// State and components, rendered to text.
pub(super) fn components(context: &Context<'_>) -> Result<()> {
    Ok(shell::cargo(context.sh).args(["test", "--package", "holdline_frontend"]).run()?)
}

/// Documentation.
pub(super) fn docs(context: &Context<'_>) -> Result<()> {
    let doc = shell::cargo(context.sh).args(["doc", "--workspace", "--no-deps"]);
    Ok(doc.env("RUSTDOCFLAGS", "-D warnings").run()?)
}
