//! Locates the log's files: one canonical name for each database, and files that only their owner can read.
//!
//! The database contains the secret that signs sessions, so the database and the files beside it are private.

use std::io;
use std::path::{Path, PathBuf};

use crate::log::error::LogError;

/// The suffixes that the files of a log add to the database's name.
const ENDS: [&str; 4] = ["", "-wal", "-shm", "-lock"];

/// Names a file beside the database: `NAME-wal`, `NAME-shm`, `NAME-lock`.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Resolves the canonical name of the database: absolute, with symbolic links followed. The names of the
/// files beside the database derive from it.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, LogError> {
    let unusable = |path: &Path, why: &dyn std::fmt::Display| {
        LogError::Unavailable(format!("{} cannot be opened: {why}", path.display()))
    };
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if path.is_symlink() {
                return Err(unusable(path, &"it is a symbolic link to a file that does not exist"));
            }
            let name = path.file_name().ok_or_else(|| unusable(path, &"it names no file"))?;
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            Ok(folder.canonicalize().map_err(|error| unusable(folder, &error))?.join(name))
        }
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Refuses a database with several hard links: its write-ahead log lies beside one of them and would be
/// missed under the others.
#[cfg(unix)]
pub(super) fn has_one_name(path: &Path) -> Result<(), LogError> {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() && file.nlink() > 1 => Err(LogError::Unavailable(format!(
            "{path} has {} names (hard links), and a log must have one; remove the others, or copy the file to a name of \
             its own: cp {path} {path}.new && mv {path}.new {path}",
            file.nlink(),
            path = path.display()
        ))),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn has_one_name(_: &Path) -> Result<(), LogError> {
    Ok(())
}

/// Removes the rights of group and others from the log's existing files; files that SQLite creates later
/// inherit the database's mode.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for name in ENDS.map(|end| beside(path, end)) {
        let Ok(file) = std::fs::metadata(&name) else { continue };
        let mode = file.permissions().mode() & 0o777;
        let is_private = mode & 0o700 == mode;
        if is_private {
            continue;
        }
        let (was, file) = (format_args!("{mode:03o}"), name.display());
        match std::fs::set_permissions(&name, PermissionsExt::from_mode(mode & 0o700)) {
            Ok(()) => {
                tracing::info!(%file, %was, "other users could read this file of the log; now they cannot");
            }
            Err(error) => tracing::warn!(%file, %was, %error, "other users can read this file of the log"),
        }
    }
}

#[cfg(not(unix))]
pub(super) fn make_private(path: &Path) {
    let _ = (path, ENDS, beside);
}

/// Gives a new file the owner of `like`, so that a server can read files that root made for its log. Has an
/// effect for root only.
#[cfg(unix)]
pub(super) fn give_to_owner_of(like: &Path, file: &std::fs::File) {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(like), Ok(now)) = (std::fs::metadata(like), file.metadata()) else { return };
    let (owner, group) =
        ((like.uid() != now.uid()).then_some(like.uid()), (like.gid() != now.gid()).then_some(like.gid()));
    if now.uid() == 0
        && (owner.is_some() || group.is_some())
        && let Err(error) = std::os::unix::fs::fchown(file, owner, group)
    {
        tracing::warn!(%error, "a file of the log could not be given to the owner of the others");
    }
}

#[cfg(not(unix))]
pub(super) fn give_to_owner_of(_: &Path, _: &std::fs::File) {}

/// Options that open a file which only its owner can read, whatever the umask is.
pub(super) fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
