//! `--state FILE`: a file that keeps the cursor durably, readable by this user only. The file always contains a whole
//! cursor, the old or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use holdline_shared::Cursor;

/// A file with a cursor.
pub(super) struct StateFile(PathBuf);

impl StateFile {
    /// The file at this path, which may not exist yet.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Reads the cursor; `None` if the file does not exist.
    pub(super) fn read(&self) -> anyhow::Result<Option<Cursor>> {
        let path = self.0.display();
        if let Ok(there) = fs::metadata(&self.0) {
            // A device such as /dev/null would be replaced by a file.
            ensure!(there.is_file(), "{path} is not a file; --state needs one to keep the cursor in");
        }
        match fs::read_to_string(&self.0) {
            Ok(text) => {
                text.trim().parse().map(Some).with_context(|| format!("there is no cursor in {path}"))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {path}")),
        }
    }

    /// Replaces the cursor durably.
    pub(super) fn write(&self, cursor: Cursor) -> anyhow::Result<()> {
        self.replace(cursor).with_context(|| format!("cannot write the cursor to {}", self.0.display()))
    }

    fn replace(&self, cursor: Cursor) -> std::io::Result<()> {
        let mut new = self.0.clone().into_os_string();
        new.push(".new");
        // A file that a crash has left. Created again, so that its mode is ours and no link is followed.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        writeln!(file, "{cursor}")?;
        file.sync_all()?;
        fs::rename(&new, &self.0)?;
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn last_cursor_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFile::new(folder.path().join("cursor"));
        assert_eq!(state.read().unwrap(), None);
        for text in ["00000000000000ff-7", "00000000000000ff-9"] {
            let cursor: Cursor = text.parse().unwrap();
            state.write(cursor).unwrap();
            assert_eq!(state.read().unwrap(), Some(cursor));
        }
    }

    #[test]
    fn file_is_private_and_follows_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cursor");
        let other = folder.path().join("other");
        fs::write(&path, "00000000000000ff-7").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(&other, "precious").unwrap();
        std::os::unix::fs::symlink(&other, folder.path().join("cursor.new")).unwrap();
        StateFile::new(path.clone()).write("00000000000000ff-9".parse().unwrap()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
    }

    #[test]
    fn errors_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let cursor: Cursor = "00000000000000ff-7".parse().unwrap();
        let missing = folder.path().join("no such folder").join("cursor");
        let why = format!("{:#}", StateFile::new(missing).write(cursor).unwrap_err());
        assert!(why.contains("cannot write the cursor to") && why.contains("no such folder"), "{why}");
        for path in [folder.path().to_owned(), "/dev/null".into()] {
            let why = StateFile::new(path).read().unwrap_err().to_string();
            assert!(why.contains("is not a file"), "{why}");
        }
    }
}
