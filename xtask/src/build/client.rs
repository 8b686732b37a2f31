//! Builds the browser client: trunk fills `dist`, then every file is compressed and the first load is weighed. Skips all
//! of it when neither the sources nor `dist` have changed since the last build.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Error, Result};
use xshell::Shell;

use super::{first_load, precompress};
use crate::setup::wasm_bindgen_version;
use crate::tools::Tools;
use crate::{fingerprint, paths, say};

/// The client's sources.
const INPUTS: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html", "frontend", "shared", "xtask/src/build"];

/// The client's own target folder: another toolchain would invalidate the builds for this machine.
pub(crate) fn target() -> PathBuf {
    paths::target().join("client")
}

/// Builds `dist`, unless it is up to date.
pub(crate) fn build(sh: &Shell, tools: &Tools) -> Result<()> {
    let stamp = target().join("dist-is-made-from");
    let inputs = fingerprint::of(&INPUTS.map(|path| paths::root().join(path)))?;
    let bindgen = wasm_bindgen_version(sh)?;
    let made_from =
        || Ok::<_, Error>(format!("{inputs:x} {bindgen} {:x}\n", fingerprint::of(&[paths::dist()])?));
    if fs::read_to_string(&stamp).is_ok_and(|text| made_from().is_ok_and(|now| text == now)) {
        say::step("the client in dist is up to date");
        return first_load::check(&paths::dist());
    }
    say::step("building the client; the first time takes two minutes");
    sh.remove_path(&stamp)?;
    tools
        .trunk(sh)?
        .args(["build", "--release", "--skip-version-check", "--config", "Trunk.toml", "--dist"])
        .arg(paths::dist())
        .env("CARGO_TARGET_DIR", target())
        .run()
        .context("trunk could not build the client")?;
    say::step("compressing the client");
    precompress::folder(&paths::dist())?;
    first_load::check(&paths::dist())?;
    sh.write_file(&stamp, made_from()?)?;
    Ok(())
}
