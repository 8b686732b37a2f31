//! Steps that compile for the browser or start one.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::context::Context;
use crate::build::client;
use crate::setup::{TARGET, browser, firefox};
use crate::{paths, shell};

/// A whole suite in a slow browser on a busy machine; the default of 20 seconds is for single tests.
const BROWSER_LIMIT_SECONDS: &str = "300";

/// Lints of the client, with the parts that exist only in a browser.
pub(super) fn clippy(context: &Context<'_>) -> Result<()> {
    let clippy =
        context.tools.cargo(context.sh)?.args(["clippy", "--package", "holdline_frontend", "--all-targets"]);
    let clippy = clippy.args(["--target", TARGET, "--", "-D", "warnings"]);
    Ok(clippy.env("CARGO_TARGET_DIR", client::target()).run()?)
}

/// Tests that run inside a browser: `frontend/tests/browser`.
pub(super) fn browser(context: &Context<'_>) -> Result<()> {
    let test = context.tools.cargo(context.sh)?.args([
        "test",
        "--package",
        "holdline_frontend",
        "--test",
        "browser",
    ]);
    let test = test
        .args(["--target", TARGET])
        .env("CARGO_TARGET_DIR", client::target())
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_LIMIT_SECONDS);
    Ok(browser::find_or_install(context.sh)?.show_to(test).run()?)
}

/// Builds the client by trunk alone, as a person does by hand, and checks that `dist` and the executable have the same files.
pub(super) fn plain_build(context: &Context<'_>) -> Result<()> {
    let plain = client::target().join("dist-plain");
    let trunk =
        context.tools.trunk(context.sh)?.args(["build", "--release", "--skip-version-check", "--dist"]);
    trunk.arg(&plain).env("CARGO_TARGET_DIR", client::target()).run()?;
    let executable = fs::read(paths::executable())?;
    for entry in plain.read_dir()? {
        let name = entry?.file_name();
        let ours =
            fs::read(paths::dist().join(&name)).with_context(|| format!("dist has no {}", name.display()))?;
        ensure!(ours == fs::read(plain.join(&name))?, "trunk alone makes another {}", name.display());
        let is_embedded = executable.windows(ours.len()).any(|part| part == ours);
        ensure!(is_embedded, "the executable has another {}", name.display());
    }
    Ok(())
}

/// The stories that show whether another browser's engine does what the client relies on: fetch and storage, locks and
/// channels between tabs, scrolling, composing, its cache of pages, service workers, dialogs and their forms.
const STORIES_OF_ENGINES: [&str; 10] = [
    "two_people::",
    "away::",
    "tabs::ten_tabs",
    "history::",
    "back_and_forward::",
    "composing::",
    "offline::page_is_there",
    "doors::",
    "private_chat::",
    "moderation::",
];

/// Runs these stories in Firefox.
pub(super) fn firefox(context: &Context<'_>) -> Result<()> {
    let test = shell::cargo(context.sh).args(["test", "--package", "holdline_e2e", "--test", "e2e", "--"]);
    let test = test.args(STORIES_OF_ENGINES).env("HOLDLINE_BIN", paths::executable());
    Ok(firefox::find_or_install(context.sh)?.show_to(test).run()?)
}

/// Browsers, curl and the command line against the built executable.
pub(super) fn end_to_end(context: &Context<'_>) -> Result<()> {
    let test = shell::cargo(context.sh).args(["test", "--package", "holdline_e2e"]);
    Ok(browser::find_or_install(context.sh)?.show_to(test).env("HOLDLINE_BIN", paths::executable()).run()?)
}
