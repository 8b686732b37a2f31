//! Where things are: this crate's folder, and what the runs leave behind.

use std::env;
use std::path::{Path, PathBuf};

/// The repository's top folder: where we are started, or where we were compiled.
pub(crate) fn root() -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    if here.join("bench/peers").is_dir() {
        return here;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or(here)
}

/// The peers that are not compiled.
pub(crate) fn peers() -> PathBuf {
    root().join("bench/peers")
}

/// Where figures are left: beside the program that measured them, in cargo's target folder.
pub(crate) fn figures() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("bench")
}
