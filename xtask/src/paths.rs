//! Paths of folders and of the executable. Knows no contents.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The repository's top folder.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable for `cargo run`; a program that is started directly uses the folder of its compilation.
    let crate_folder = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    crate_folder.parent().map(Path::to_path_buf).unwrap_or(crate_folder)
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The built client, which the server embeds.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The server's executable, as `cargo xtask build` makes it.
pub(crate) fn executable() -> PathBuf {
    target().join("release").join(format!("holdline{}", env::consts::EXE_SUFFIX))
}

/// The folder that keeps tools between runs and between clones.
pub(crate) fn tools() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("HOLDLINE_TOOLS") {
        return Ok(PathBuf::from(folder));
    }
    if let Some(cache) = env::var_os("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(cache).join("holdline-tools"));
    }
    let home = env::home_dir().context("no home folder; set HOLDLINE_TOOLS to a folder for the tools")?;
    Ok(home.join(".cache").join("holdline-tools"))
}
