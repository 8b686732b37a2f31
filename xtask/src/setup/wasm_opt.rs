//! `wasm-opt`, from the npm package of binaryen: the same everywhere, also where GitHub's downloads are out of reach.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::{say, shell};

/// Binaryen's version; Trunk.toml names the same as `version_132`.
const VERSION: &str = "132";

/// The folder to put on PATH, from the cache or from npm; none if `wasm-opt` is on PATH already. Without npm there is
/// none either, and trunk downloads it.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Option<PathBuf>> {
    let folder = cache.join(format!("binaryen-{VERSION}"));
    let bin = folder.join("node_modules").join(".bin");
    let is_installed = || shell::has_version(sh, bin.join("wasm-opt"), VERSION);
    if shell::has_version(sh, "wasm-opt", VERSION) {
        return Ok(None);
    }
    if is_installed() {
        return Ok(Some(bin));
    }
    if !shell::answers(sh, "npm") {
        say::step("npm is missing: trunk will download wasm-opt");
        return Ok(None);
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
    ensure!(is_installed(), "{} was installed but does not answer with version {VERSION}", bin.display());
    Ok(Some(bin))
}
