//! Where the log is when nobody says so, and the folder that it needs.

use std::path::{Path, PathBuf};

use anyhow::Context;
use etcetera::BaseStrategy;
use holdline_server::log::LogUrl;

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

/// The file that an argument means: the home folder is filled in where no shell has done it, as for the address of a log.
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
    fn home_folder_is_filled_in_where_no_shell_did() {
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
