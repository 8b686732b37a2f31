//! Weighs what a new visitor downloads before the page works. Every build prints the sizes, and a build above the limit
//! fails: weight comes in small steps that nobody notices otherwise.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::precompress::{is_compressed, with_suffix};
use crate::say;

/// Bytes as brotli, of all that the page loads at first; why so many, decisions 32 and 36 say.
const LIMIT: u64 = 362_000;

/// Suffixes of files in the first load; pictures may come later.
const LOADED: [&str; 4] = ["html", "js", "wasm", "css"];

/// The files that the page loads once it works.
const LATER: [&str; 1] = ["service_worker.js"];

/// Prints the sizes, and fails above the limit.
pub(crate) fn check(dist: &Path) -> Result<()> {
    let mut sizes = Vec::new();
    collect(dist, &mut sizes)?;
    sizes.sort();
    for (name, size) in &sizes {
        say::line(format!("{size:>9}  {name}"));
    }
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    say::line(format!("{total:>9}  bytes of brotli for the first load; {LIMIT} are allowed"));
    ensure!(total <= LIMIT, "the first load has become too heavy: {total} bytes, and {LIMIT} are allowed");
    Ok(())
}

/// Collects name and transferred size of each file in the first load.
fn collect(folder: &Path, sizes: &mut Vec<(String, u64)>) -> Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sizes)?;
        } else if !is_compressed(&path) && is_loaded(&path) {
            let sent = fs::metadata(with_suffix(&path, "br")).or_else(|_| fs::metadata(&path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sizes.push((name, sent.len()));
        }
    }
    Ok(())
}

fn is_loaded(path: &Path) -> bool {
    if path.file_name().is_some_and(|name| LATER.iter().any(|later| name == *later)) {
        return false;
    }
    path.extension().and_then(|suffix| suffix.to_str()).is_some_and(|suffix| LOADED.contains(&suffix))
}
