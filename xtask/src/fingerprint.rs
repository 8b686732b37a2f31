//! Detects changed files by one hash over names and contents. Contents, not times: a fresh checkout of the same files is
//! no change.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Hashes these files and folders; a missing one counts as missing.
pub(crate) fn of(paths: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(&mut hasher, path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(hasher.finish())
}

/// Adds a file, or all files below a folder in the order of their names.
fn add(hasher: &mut DefaultHasher, path: &Path) -> io::Result<()> {
    path.hash(hasher);
    if path.is_dir() {
        let mut entries = path.read_dir()?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| add(hasher, entry));
    }
    match fs::read(path) {
        Ok(content) => content.hash(hasher),
        // A file may go away meanwhile, which is a change.
        Err(error) if error.kind() == io::ErrorKind::NotFound => "absent".hash(hasher),
        Err(error) => return Err(error),
    }
    Ok(())
}
