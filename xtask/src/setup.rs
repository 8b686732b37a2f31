//! `cargo xtask setup`: installs missing tools. Every step looks first, so that a second run only looks. Tools go into
//! folders of the user's own; whatever else would change the machine needs consent. What setup cannot install it names,
//! with the one command to run by hand.

pub(crate) mod browser;
mod cargo_tool;
pub(crate) mod consent;
pub(crate) mod debian;
mod fallback_std;
pub(crate) mod firefox;
pub(crate) mod fonts;
mod prerequisites;
pub(crate) mod proxies;
mod std_library;
mod wasm_opt;
mod wasm_target;

pub(crate) use prerequisites::wasm_bindgen_version;
pub(crate) use std_library::TARGET;

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context as _, Result};
use xshell::Shell;

use crate::tools::Tools;
use crate::{paths, say};

/// The trunk that this repository is built with. 0.22 wants a newer compiler than we do.
const TRUNK: &str = "0.21.14";

/// Installs the tools, and prints how to use them by hand.
pub(crate) fn command(sh: &Shell, browser: bool) -> Result<()> {
    let tools = client(sh)?;
    if browser {
        browser::find_or_install(sh)?;
        firefox::find_or_install(sh)?;
    }
    say::step("everything is there");
    say::line("to use trunk by hand, in this shell:");
    for line in tools.exports() {
        say::line(format!("  {line}"));
    }
    Ok(())
}

/// Finds or installs the tools that build the client.
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
    Ok(Tools { wasm_toolchain, folders })
}

/// Locks the cache: two setups at the same time would install the same tools.
fn lock(cache: &Path) -> Result<File> {
    fs::create_dir_all(cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let file = File::create(cache.join("lock"))?;
    if file.try_lock().is_err() {
        say::step("waiting for another setup on this machine");
        file.lock()?;
    }
    Ok(file)
}
