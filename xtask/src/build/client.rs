//! The browser client: trunk builds it into `dist`, we compress it and weigh it. When nothing that goes in has
//! changed, and nobody has touched what came out, it is left as it is.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use xshell::Shell;

use super::{first_load, minify, precompress, shrink};
use crate::setup::wasm_bindgen_version;
use crate::tools::Tools;
use crate::{fingerprint, paths, say};

/// What the client is made from.
const INPUTS: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "frontend", "shared", "xtask/src/build"];

/// A target folder of its own: another toolchain and other flags would disturb the builds for this machine.
pub(crate) fn target() -> PathBuf {
    paths::target().join("client")
}

/// Builds `dist`, unless it is what it would become.
pub(crate) fn build(sh: &Shell, tools: &Tools) -> Result<()> {
    let can_shrink = shrink::is_possible(sh, tools)?;
    let is_lean = can_shrink && tools.has_std_source;
    let stamp = target().join("dist-is-made-from");
    let inputs = fingerprint::of(&INPUTS.map(|path| paths::root().join(path)))?;
    let made_from =
        |output: u64| format!("{inputs:x} {} {output:x}\n", wasm_bindgen_version(sh).unwrap_or_default());
    let dist = [paths::dist()];
    if fs::read_to_string(&stamp)
        .is_ok_and(|text| fingerprint::of(&dist).is_ok_and(|now| text == made_from(now)))
    {
        say::step("the client in dist is up to date");
        return first_load::check(&paths::dist(), is_lean);
    }
    say::step("building the client; the first time takes two minutes");
    sh.remove_path(&stamp)?;
    tools
        .lean_trunk(sh)?
        .args(["build", "--release", "--skip-version-check", "--config", "Trunk.toml", "--dist"])
        .arg(paths::dist())
        .env("CARGO_TARGET_DIR", target())
        .run()
        .context("trunk could not build the client")?;
    if let Some(esbuild) = &tools.esbuild {
        minify::folder(sh, esbuild, &paths::dist())?;
    }
    say::step("compressing it");
    if can_shrink {
        shrink::client(sh, tools, &paths::dist())?;
    }
    precompress::folder(&paths::dist())?;
    first_load::check(&paths::dist(), is_lean)?;
    sh.write_file(&stamp, made_from(fingerprint::of(&dist)?))?;
    Ok(())
}
