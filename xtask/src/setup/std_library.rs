//! The standard library of the compiler's target for the browser, whoever has built it. Installs nothing.

use std::path::Path;

/// The browser, as the compiler calls it.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Whether this folder has a compiled standard library.
pub(super) fn has_std(folder: &Path) -> bool {
    let files = folder.read_dir().into_iter().flatten().flatten();
    files.filter_map(|file| file.file_name().into_string().ok()).any(|name| name.starts_with("libstd-"))
}
