//! Where the log is when nobody says so, and the folder that it needs.

use std::path::{Path, PathBuf};

use anyhow::Context;
use etcetera::BaseStrategy;

/// `holdline/holdline.db` where this user's programs keep their data.
pub(crate) fn default_path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy();
    let folder = folders.ok().map(|folders| folders.data_dir()).filter(|folder| folder.is_absolute());
    let folder = folder
        .context("this user has no home folder; say where to keep the log, as in --log sqlite:holdline.db")?;
    Ok(folder.join("holdline").join("holdline.db"))
}

/// Makes the folder of this file if need be, for its owner alone.
pub(crate) fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}
