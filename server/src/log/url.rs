//! `--log`: which engine, and where.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Which engine keeps the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogUrl {
    /// `memory:`
    Memory,
    /// `sqlite:PATH`
    Sqlite(PathBuf),
}

/// A text names no engine.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidLogUrl {
    /// `nats://…`
    #[error("the NATS engine is not part of this version; use sqlite:PATH or memory:")]
    NatsMissing,
    /// `sqlite:` alone.
    #[error("sqlite: needs a path, such as sqlite:holdline.db")]
    NoPath,
    /// Anything else.
    #[error("a log is sqlite:PATH or memory:, not {0:?}")]
    Unknown(String),
}

impl FromStr for LogUrl {
    type Err = InvalidLogUrl;
    fn from_str(text: &str) -> Result<Self, InvalidLogUrl> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", "")) => Err(InvalidLogUrl::NoPath),
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.into())),
            Some(("nats" | "tls", _)) => Err(InvalidLogUrl::NatsMissing),
            _ => Err(InvalidLogUrl::Unknown(text.to_owned())),
        }
    }
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
        assert_eq!("nats://localhost".parse::<LogUrl>(), Err(InvalidLogUrl::NatsMissing));
        assert_eq!("holdline.db".parse::<LogUrl>(), Err(InvalidLogUrl::Unknown("holdline.db".into())));
    }
}
