//! The parameters of a peer's start.

use std::path::{Path, PathBuf};

/// The parameters of a peer's start.
pub(crate) struct Start<'a> {
    /// `holdline`, built for release.
    pub(crate) program: &'a Path,
    /// The peer's own folder.
    pub(crate) folder: &'a Path,
    /// An existing log, for peers with one.
    pub(crate) log: Option<PathBuf>,
    /// The cores of the server.
    pub(crate) cores: &'a [usize],
    /// The cores of the generator.
    pub(crate) own_cores: &'a [usize],
}
