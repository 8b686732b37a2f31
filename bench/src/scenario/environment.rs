//! The environment of a scenario: the program, the cores, a folder on the measured disk.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::TempDir;

use super::extent::Extent;
use crate::console;
use crate::load::{Load, PublishRate};
use crate::peer::{self, Start};

/// Bytes in a message, unless a scenario says otherwise.
pub(crate) const TEXT: usize = 100;
/// Subscribers before the measurement, so that one-time allocations do not count.
pub(crate) const FIRST: usize = 100;

/// Connections that write a history: as many messages share a group commit.
const WRITERS: usize = 500;

/// The environment.
pub(crate) struct Environment<'a> {
    pub(crate) program: &'a Path,
    pub(crate) server_cores: &'a [usize],
    pub(crate) own_cores: &'a [usize],
    pub(crate) all_cores: &'a [usize],
    pub(crate) extent: Extent,
    pub(crate) histories: &'a TempDir,
}

/// A peer under load, and its folder.
pub(crate) struct LoadedPeer {
    pub(crate) load: Load,
    pub(crate) folder: TempDir,
}

impl Environment<'_> {
    /// Starts a peer with so many rooms on the server's cores.
    pub(crate) fn open(&self, name: &str, rooms: usize, text: usize) -> Result<LoadedPeer> {
        self.open_on(name, rooms, text, self.server_cores, None)
    }

    /// Starts a peer on these cores, on an existing log.
    pub(crate) fn open_on(
        &self,
        name: &str,
        rooms: usize,
        text: usize,
        cores: &[usize],
        log: Option<PathBuf>,
    ) -> Result<LoadedPeer> {
        let folder = tempfile::Builder::new().prefix("holdline-bench-").tempdir()?;
        let start =
            Start { program: self.program, folder: folder.path(), log, cores, own_cores: self.own_cores };
        let load = Load::new(peer::start(name, &start)?, rooms, text)?;
        Ok(LoadedPeer { load, folder })
    }

    /// A log with so many messages in the room `r0`, made at the first call.
    pub(crate) fn history(&self, entries: usize) -> Result<PathBuf> {
        let path = self.histories.path().join(format!("{entries}.db"));
        if !path.exists() {
            console::note(format!("writing a log of {} messages", super::grouped(entries)));
            let mut loaded = self.open_on("holdline", 1, TEXT, self.all_cores, Some(path.clone()))?;
            loaded.load.open_publishers(WRITERS)?;
            loaded.load.measure(entries as u64, PublishRate::BackToBack)?;
        }
        Ok(path)
    }

    /// The usual number, or the smaller one for the guard.
    pub(crate) fn of(&self, guard: u64, usual: u64) -> u64 {
        if self.extent == Extent::Quick { guard } else { usual }
    }
}
