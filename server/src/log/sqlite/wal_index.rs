//! Reads the header of the index that SQLite keeps of the write-ahead log in `-shm`: what `-wal` must contain
//! at this moment. Only on Unix.
//!
//! A process that closes any descriptor of `-shm` loses the locks that SQLite holds on that file, so it is
//! opened once and closed after the last connection.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The size of the index's header, which the file contains twice.
const HEAD: usize = 48;

/// The open index.
pub(super) struct WalIndex {
    file: File,
    /// The largest size seen. SQLite never shrinks the file while it is in use.
    size: AtomicU64,
}

/// The size and the salts that a write-ahead log must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    /// The minimum size, in bytes.
    pub(super) size: u64,
    /// Bytes 16 to 24 of the header, which change each time the file is reused.
    pub(super) salts: [u8; 8],
}

impl WalIndex {
    pub(super) fn open(path: &Path) -> Option<Self> {
        let file = File::options().read(true).write(true).open(path).ok()?;
        cfg!(unix).then(|| Self { file, size: AtomicU64::new(0) })
    }

    /// Whether the file was truncated. If so, extends it with zeros to its former size: otherwise SQLite's
    /// next read would end the process by a signal (SIGBUS). After the repair, SQLite reads the write-ahead
    /// log again.
    pub(super) fn was_cut_short(&self) -> bool {
        let Ok(size) = self.file.metadata().map(|file| file.len()) else { return false };
        let largest = self.size.fetch_max(size, Ordering::Relaxed);
        let was_cut_short = size < largest;
        if was_cut_short && let Err(error) = self.file.set_len(largest) {
            tracing::error!(%error, "the index of the write-ahead log was cut short");
        }
        was_cut_short
    }

    /// The expected size and salts of the write-ahead log; `None` while it may be empty or its index is being changed.
    pub(super) fn expected(&self) -> Option<Expected> {
        let mut heads = [0; 2 * HEAD];
        read_at_start(&self.file, &mut heads).ok()?;
        let (head, copy) = heads.split_at(HEAD);
        let is_made = head.get(12) == Some(&1);
        if head != copy || !is_made {
            return None;
        }
        // Native byte order, except for the salts.
        let page = u64::from(u16::from_ne_bytes(head.get(14..16)?.try_into().ok()?));
        let page = if page == 1 { 65_536 } else { page };
        let frames = u64::from(u32::from_ne_bytes(head.get(16..20)?.try_into().ok()?));
        let salts = head.get(32..40)?.try_into().ok()?;
        (frames > 0).then_some(Expected { size: super::wal::size(frames, page), salts })
    }
}

#[cfg(unix)]
fn read_at_start(file: &File, into: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, 0)
}

#[cfg(not(unix))]
fn read_at_start(_: &File, _: &mut [u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
