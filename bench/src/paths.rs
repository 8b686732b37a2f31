//! Paths: the repository, the peers, and the kept figures.

use std::env;
use std::path::{Path, PathBuf};

/// The repository's top folder: the present one, or that of the compilation.
pub(crate) fn root() -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    if here.join("bench/peers").is_dir() {
        return here;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or(here)
}

/// The folder of peers that are scripts.
pub(crate) fn peers() -> PathBuf {
    root().join("bench/peers")
}

/// The folder of kept figures, in cargo's target folder.
pub(crate) fn figures() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("bench")
}
