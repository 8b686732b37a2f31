//! The databases that this process has locked. A process that closes any descriptor of a file loses all POSIX locks that
//! SQLite holds on that file, so a database that is open here must not even be looked at a second time.

use std::collections::BTreeSet;
use std::path::Path;

use parking_lot::{Mutex, MutexGuard};

static LOCKED_HERE: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

/// The identity of a file: device and inode.
pub(super) type Identity = (u64, u64);

/// All of them; nobody else locks or unlocks one meanwhile.
pub(super) fn locked_here() -> MutexGuard<'static, BTreeSet<Identity>> {
    LOCKED_HERE.lock()
}

/// Whether this process has the log open; no, while a log is just being locked.
pub(super) fn is_locked_here(path: &Path) -> bool {
    let locked = LOCKED_HERE.try_lock();
    locked.is_some_and(|locked| identity(path).is_some_and(|identity| locked.contains(&identity)))
}

#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(_: &Path) -> Option<Identity> {
    None
}
