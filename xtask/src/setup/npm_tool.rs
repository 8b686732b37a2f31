//! A tool from an npm package, in the cache, with its version in the folder's name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::{say, shell};

/// The folder in which the tool is, from the cache or from npm; none where there is no npm.
pub(crate) fn find_or_install(
    sh: &Shell,
    cache: &Path,
    package: &str,
    tool: &str,
    version: &str,
) -> Result<Option<PathBuf>> {
    let folder = cache.join(format!("{package}-{version}"));
    let bin = folder.join("node_modules").join(".bin");
    if shell::has_version(sh, bin.join(tool), version) {
        return Ok(Some(bin));
    }
    if !shell::answers(sh, "npm") {
        return Ok(None);
    }
    say::step(format!("installing {tool} {version} from npm; this takes some seconds"));
    let unfinished = cache.join(format!(".unfinished-{package}-{version}"));
    sh.remove_path(&unfinished)?;
    sh.create_dir(&unfinished)?;
    cmd!(sh, "npm install --no-audit --no-fund --loglevel=error --prefix {unfinished} {package}@{version}")
        .run()
        .with_context(|| format!("by hand: npm install --prefix {} {package}@{version}", folder.display()))?;
    sh.remove_path(&folder)?;
    fs::rename(&unfinished, &folder)?;
    let works = shell::has_version(sh, bin.join(tool), version);
    ensure!(works, "{} was installed but does not answer with version {version}", bin.display());
    Ok(Some(bin))
}
