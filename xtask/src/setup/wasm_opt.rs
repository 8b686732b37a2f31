//! `wasm-opt`, from the npm package of binaryen: the same everywhere, also where release downloads are out of reach.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::{say, shell};

/// Binaryen's version; Trunk.toml names the same as `version_132`.
const VERSION: &str = "132";

/// Where `wasm-opt` was found.
#[derive(PartialEq, Eq)]
pub(crate) enum Found {
    /// On PATH already.
    OnPath,
    /// In this folder.
    In(PathBuf),
    /// Not on this machine, and no npm to fetch it: trunk downloads it when it builds.
    Nowhere,
}

/// Looks for it on PATH and in the cache, then asks npm.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Found> {
    if shell::has_version(sh, "wasm-opt", VERSION) {
        return Ok(Found::OnPath);
    }
    let folder = cache.join(format!("binaryen-{VERSION}"));
    let bin = folder.join("node_modules").join(".bin");
    if shell::has_version(sh, bin.join("wasm-opt"), VERSION) {
        return Ok(Found::In(bin));
    }
    if !shell::answers(sh, "npm") {
        say::step("no npm here: trunk will download wasm-opt by itself");
        return Ok(Found::Nowhere);
    }
    say::step(format!("installing wasm-opt {VERSION} from npm; this takes some seconds"));
    let unfinished = cache.join(format!(".unfinished-binaryen-{VERSION}"));
    sh.remove_path(&unfinished)?;
    sh.create_dir(&unfinished)?;
    cmd!(sh, "npm install --no-audit --no-fund --loglevel=error --prefix {unfinished} binaryen@{VERSION}")
        .run()
        .with_context(|| format!("by hand: npm install --prefix {} binaryen@{VERSION}", folder.display()))?;
    sh.remove_path(&folder)?;
    fs::rename(&unfinished, &folder)?;
    let works = shell::has_version(sh, bin.join("wasm-opt"), VERSION);
    ensure!(works, "{} was installed but does not answer with version {VERSION}", bin.display());
    Ok(Found::In(bin))
}
