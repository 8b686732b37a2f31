//! `esbuild`, from npm: takes the white space and the long names out of the page's script and style. Where there is no
//! npm, they stay as they are.

use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::Shell;

use super::npm_tool;

/// The version that is installed.
const VERSION: &str = "0.28.2";

/// The program, from the cache or from npm.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Option<PathBuf>> {
    let bin = npm_tool::find_or_install(sh, cache, "esbuild", "esbuild", VERSION)?;
    Ok(bin.map(|folder| folder.join("esbuild")))
}
