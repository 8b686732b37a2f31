//! `cargo xtask setup`: brings what is missing onto this machine. Every step looks first, so that a second run only
//! looks. What it cannot install it names, with the one command to run by hand.

pub(crate) mod browser;
mod cargo_tool;
pub(crate) mod debian;
mod esbuild;
mod fallback_std;
pub(crate) mod fonts;
mod npm_tool;
mod prerequisites;
pub(crate) mod proxies;
mod std_source;
mod wasm_opt;
mod wasm_target;

pub(crate) use prerequisites::wasm_bindgen_version;
pub(crate) use wasm_target::TARGET;

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, Result};
use xshell::Shell;

use crate::tools::Tools;
use crate::{paths, say};

/// The trunk that this repository is built with. 0.22 wants a newer compiler than we do.
const TRUNK: &str = "0.21.14";

/// Sets up, and says that it is done.
pub(crate) fn command(sh: &Shell, browser: bool) -> Result<()> {
    let tools = client(sh)?;
    if browser {
        browser::find_or_install(sh)?;
    }
    say::step("everything is there");
    say::line("to use trunk by hand, in this shell:");
    for line in tools.exports() {
        say::line(format!("  {line}"));
    }
    Ok(())
}

/// What the client's build needs.
pub(crate) fn client(sh: &Shell) -> Result<Tools> {
    let cache = paths::tools()?;
    let _alone = lock(&cache)?;
    prerequisites::check(sh)?;
    let wasm_toolchain = wasm_target::find_or_install(sh, &cache)?;
    let bindgen = wasm_bindgen_version(sh)?;
    let mut folders = Vec::new();
    folders.extend(cargo_tool::TRUNK.find_or_install(sh, &cache, TRUNK)?);
    folders.extend(cargo_tool::WASM_BINDGEN.find_or_install(sh, &cache, &bindgen)?);
    folders.extend(wasm_opt::find_or_install(sh, &cache)?);
    let has_std_source = std_source::find_or_add(sh, wasm_toolchain)?;
    let esbuild = esbuild::find_or_install(sh, &cache)?;
    Ok(Tools { wasm_toolchain, folders, has_std_source, esbuild })
}

/// Keeps a second setup on this machine waiting until the first is through: both would install the same.
fn lock(cache: &Path) -> Result<File> {
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let file = File::create(cache.join("lock"))?;
    if file.try_lock().is_err() {
        say::step("waiting for another setup on this machine");
        file.lock()?;
    }
    Ok(file)
}
