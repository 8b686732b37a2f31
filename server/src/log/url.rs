//! The value of `--log`: an engine and the place of its data.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// The engine that keeps the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogUrl {
    /// `memory:`
    Memory,
    /// `sqlite:PATH`
    Sqlite(PathBuf),
}

/// The error for a text that names no engine.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidLogUrl {
    /// `nats://…`
    #[error("the NATS engine is not part of this version; use sqlite:PATH or memory:")]
    NatsMissing,
    /// `sqlite:` without a path.
    #[error("sqlite: needs a path, such as sqlite:holdline.db")]
    NoPath,
    /// `sqlite::memory:`
    #[error("a log in memory alone is memory:, without sqlite:")]
    SqliteInMemory,
    /// `sqlite:/`, `sqlite:folder/`
    #[error("{0:?} is a folder; a log is a file, such as sqlite:holdline.db")]
    Folder(String),
    /// `sqlite:~/…` or `sqlite:$HOME/…` for a user without a home.
    #[error("this user has no home folder ($HOME), so {0:?} is nowhere; give the whole path")]
    NoHome(String),
    /// `sqlite:$OTHER/…`, `sqlite:~ada/…`
    #[error(
        "{0:?} is not understood: of what a shell would fill in, a path may begin with ~/ or $HOME/ only"
    )]
    ShellWord(String),
    /// Another text.
    #[error("a log is sqlite:PATH or memory:, not {0:?}")]
    Unknown(String),
}

impl FromStr for LogUrl {
    type Err = InvalidLogUrl;
    fn from_str(text: &str) -> Result<Self, InvalidLogUrl> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", "")) => Err(InvalidLogUrl::NoPath),
            Some(("sqlite", ":memory:")) => Err(InvalidLogUrl::SqliteInMemory),
            Some(("sqlite", path)) => file(path, std::env::home_dir()).map(Self::Sqlite),
            Some(("nats" | "tls", _)) => Err(InvalidLogUrl::NatsMissing),
            _ => Err(InvalidLogUrl::Unknown(text.to_owned())),
        }
    }
}

/// Resolves the file's path. Configuration files and service managers expand nothing, so the home folder is
/// filled in here.
fn file(path: &str, home: Option<PathBuf>) -> Result<PathBuf, InvalidLogUrl> {
    let whole = || path.to_owned();
    let in_home = ["~/", "$HOME/", "${HOME}/"].iter().find_map(|home| path.strip_prefix(home));
    let file = match in_home {
        Some(rest) => {
            let home = home.filter(|home| home.is_absolute());
            home.ok_or_else(|| InvalidLogUrl::NoHome(whole()))?.join(rest)
        }
        None if path.starts_with(['~', '$']) => return Err(InvalidLogUrl::ShellWord(whole())),
        None => PathBuf::from(path),
    };
    if path.ends_with('/') || file.file_name().is_none() {
        return Err(InvalidLogUrl::Folder(whole()));
    }
    Ok(file)
}

impl fmt::Display for LogUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_an_engine_or_says_why_not() {
        for good in ["memory:", "sqlite:holdline.db", "sqlite:/var/lib/holdline.db"] {
            assert_eq!(good.parse::<LogUrl>().unwrap().to_string(), good);
        }
        assert_eq!("sqlite:".parse::<LogUrl>(), Err(InvalidLogUrl::NoPath));
        assert_eq!("sqlite::memory:".parse::<LogUrl>(), Err(InvalidLogUrl::SqliteInMemory));
        for folder in ["/", "data/", "..", "."] {
            let refused = Err(InvalidLogUrl::Folder(folder.into()));
            assert_eq!(format!("sqlite:{folder}").parse::<LogUrl>(), refused);
        }
        assert_eq!("nats://localhost".parse::<LogUrl>(), Err(InvalidLogUrl::NatsMissing));
        assert_eq!("holdline.db".parse::<LogUrl>(), Err(InvalidLogUrl::Unknown("holdline.db".into())));
    }

    #[test]
    fn home_folder_is_filled_in_and_nothing_else() {
        let home = || Some(PathBuf::from("/ada"));
        for path in ["~/chat.db", "$HOME/chat.db", "${HOME}/chat.db"] {
            assert_eq!(file(path, home()), Ok("/ada/chat.db".into()));
            assert_eq!(file(path, None), Err(InvalidLogUrl::NoHome(path.into())));
        }
        for path in ["~", "~ada/chat.db", "$DATA/chat.db", "$HOMEWARD/chat.db"] {
            assert_eq!(file(path, home()), Err(InvalidLogUrl::ShellWord(path.into())), "{path}");
        }
        assert_eq!(file("a~b/$c.db", home()), Ok("a~b/$c.db".into()));
    }
}
