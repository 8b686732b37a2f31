//! A disk so small that it can be filled in no time: a file system in memory. Only root can have one.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

/// A hundred thousand messages and SQLite's own files fit.
const SIZE: &str = "size=64m";

/// A mounted disk, unmounted when it is dropped.
pub(super) struct SmallDisk {
    pub(super) folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one at this folder, which is made.
    pub(super) fn mount(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(&folder)
            .stderr(Stdio::null())
            .status()?;
        ensure!(mount.success(), "mount needs root and a system that lets it");
        Ok(Self { folder })
    }

    /// Leaves no byte free; the file to remove afterwards.
    pub(super) fn fill(&self) -> Result<PathBuf> {
        let path = self.folder.join("ballast");
        let mut file = File::create(&path)?;
        // Large pieces first, then what is left in small ones.
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
    // Lazily: whoever still has a file open there keeps it until they close it.
    let _ = Command::new("umount").arg("--lazy").arg(folder).status();
}
