//! `wasm-opt`, from the npm package of binaryen: the same everywhere, also where release downloads are out of reach.

use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::Shell;

use super::npm_tool;
use crate::{say, shell};

/// Binaryen's version; Trunk.toml names the same as `version_132`.
const VERSION: &str = "132";

/// The folder to put on PATH, from the cache or from npm; none if it is on PATH already, or if there is no npm: then
/// trunk downloads it when it builds.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Option<PathBuf>> {
    if shell::has_version(sh, "wasm-opt", VERSION) {
        return Ok(None);
    }
    let bin = npm_tool::find_or_install(sh, cache, "binaryen", "wasm-opt", VERSION)?;
    if bin.is_none() {
        say::step("no npm here: trunk will download wasm-opt by itself");
    }
    Ok(bin)
}
