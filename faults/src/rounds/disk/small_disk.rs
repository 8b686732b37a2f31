//! A small file system in memory that is quick to fill. Mounting needs root.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

/// The options of the file system: large enough for a hundred thousand messages and SQLite's own files. Nobody else may write
/// there, or the server has no admin socket.
const OPTIONS: &str = "size=64m,mode=0700";

/// A mounted file system; unmounted on drop.
pub(super) struct SmallDisk {
    pub(super) folder: PathBuf,
}

impl SmallDisk {
    /// Creates this folder and mounts a file system there.
    pub(super) fn mount(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", OPTIONS, "tmpfs"])
            .arg(&folder)
            .stderr(Stdio::null())
            .status()?;
        ensure!(mount.success(), "mount needs root and a system that lets it");
        Ok(Self { folder })
    }

    /// Fills the disk to the last byte; returns the file that occupies the space.
    pub(super) fn fill(&self) -> Result<PathBuf> {
        let path = self.folder.join("ballast");
        let mut file = File::create(&path)?;
        // Large pieces first, then the rest in small ones.
        for size in [1 << 20, 4096, 1] {
            fill_with(&mut file, &vec![0; size])?;
        }
        Ok(path)
    }
}

fn fill_with(file: &mut File, piece: &[u8]) -> Result<()> {
    loop {
        match file.write_all(piece) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        unmount(&self.folder);
    }
}

fn unmount(folder: &Path) {
    // Lazily: processes keep the files that they have open.
    let _ = Command::new("umount").arg("--lazy").arg(folder).status();
}
