//! `--state FILE`: the cursor, kept durably. The file always holds a whole cursor, the old one or the new one.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use holdline_shared::Cursor;

/// A file with a cursor in it.
pub(super) struct StateFile(PathBuf);

impl StateFile {
    /// The file at this path, which may not exist yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The cursor; `None` when there is no file yet.
    pub(super) fn read(&self) -> anyhow::Result<Option<Cursor>> {
        let path = self.0.display();
        match fs::read_to_string(&self.0) {
            Ok(text) => {
                text.trim().parse().map(Some).with_context(|| format!("there is no cursor in {path}"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {path}")),
        }
    }

    /// Replaces the cursor; when this returns, it survives a power cut.
    pub(super) fn write(&self, cursor: Cursor) -> anyhow::Result<()> {
        self.replace(cursor).with_context(|| format!("cannot write the cursor to {}", self.0.display()))
    }

    fn replace(&self, cursor: Cursor) -> std::io::Result<()> {
        let mut new = self.0.clone().into_os_string();
        new.push(".new");
        let mut file = File::create(&new)?;
        writeln!(file, "{cursor}")?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_cursor() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFile::new(folder.path().join("cursor"));
        assert_eq!(state.read().unwrap(), None);
        for text in ["00000000000000ff-7", "00000000000000ff-9"] {
            let cursor: Cursor = text.parse().unwrap();
            state.write(cursor).unwrap();
            assert_eq!(state.read().unwrap(), Some(cursor));
        }
    }
}
