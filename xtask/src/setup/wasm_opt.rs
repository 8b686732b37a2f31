//! `wasm-opt`, from the npm package of binaryen: the same everywhere, also where release downloads are out of reach.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::{say, shell};

/// Binaryen's version; Trunk.toml names the same as `version_132`.
const VERSION: &str = "132";

/// The folder to put on PATH, from the cache or from npm; none if it is on PATH already, or if there is no npm: then
/// trunk downloads it when it builds.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Option<PathBuf>> {
    if shell::has_version(sh, "wasm-opt", VERSION) {
        return Ok(None);
    }
    let folder = cache.join(format!("binaryen-{VERSION}"));
    let bin = folder.join("node_modules").join(".bin");
    if shell::has_version(sh, bin.join("wasm-opt"), VERSION) {
        return Ok(Some(bin));
    }
    if !shell::answers(sh, "npm") {
        say::step("no npm here: trunk will download wasm-opt by itself");
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
    let works = shell::has_version(sh, bin.join("wasm-opt"), VERSION);
    ensure!(works, "{} was installed but does not answer with version {VERSION}", bin.display());
    Ok(Some(bin))
}
