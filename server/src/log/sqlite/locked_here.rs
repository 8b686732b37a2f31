//! Registers the databases that this process has locked. A process that closes any descriptor of a file loses
//! all POSIX locks that SQLite holds on that file, so a database that is open here must not be opened a
//! second time, not even for reading.

use std::collections::BTreeSet;
use std::path::Path;

use parking_lot::{Mutex, MutexGuard};

static LOCKED_HERE: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

/// The identity of a file: device and inode.
pub(super) type Identity = (u64, u64);

/// Locks the registry. While the guard lives, no other thread of this process locks or unlocks a log.
pub(super) fn locked_here() -> MutexGuard<'static, BTreeSet<Identity>> {
    LOCKED_HERE.lock()
}

/// Whether this process has the log open; `false` while another thread is locking or unlocking a log.
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
