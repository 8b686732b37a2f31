//! The default path of the log, and the creation of its folder.

use std::path::{Path, PathBuf};

use anyhow::Context;
use etcetera::BaseStrategy;
use holdline_server::log::LogUrl;

/// The default path: `holdline/holdline.db` in the user's data folder.
pub(crate) fn default_path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy();
    let folder = folders.ok().map(|folders| folders.data_dir()).filter(|folder| folder.is_absolute());
    let folder = folder
        .context("this user has no home folder; say where to keep the log, as in --log sqlite:holdline.db")?;
    Ok(folder.join("holdline").join("holdline.db"))
}

/// Creates the folder of this file if it does not exist, accessible to its owner only.
pub(crate) fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Expands the home folder in a file argument, where no shell has done it, as in the address of a log.
pub(crate) fn filled_in(file: PathBuf) -> anyhow::Result<PathBuf> {
    let is_at_home = |text: &&str| ["~", "$HOME/", "${HOME}/"].iter().any(|home| text.starts_with(home));
    let Some(text) = file.to_str().filter(is_at_home) else { return Ok(file) };
    match format!("sqlite:{text}").parse()? {
        LogUrl::Sqlite(filled_in) => Ok(filled_in),
        LogUrl::Memory => Ok(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_folder_is_expanded_in_file_arguments() {
        let home = std::env::home_dir().expect("whoever runs tests has a home");
        for (given, file) in [
            ("~/copy.db", home.join("copy.db")),
            ("$HOME/copy.db", home.join("copy.db")),
            ("copy~.db", "copy~.db".into()),
            ("$other", "$other".into()),
        ] {
            assert_eq!(filled_in(given.into()).unwrap(), file, "{given}");
        }
        assert!(filled_in("~ada/copy.db".into()).unwrap_err().to_string().contains("~/"));
    }
}
