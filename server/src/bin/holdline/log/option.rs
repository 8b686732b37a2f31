//! The common parts of the commands: the option that names the log, and the words for its errors.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use holdline_server::log::{LogError, LogUrl};

use super::address::default_path;

/// Turns an error into what an operator reads: the text of a failure names the file and what to do.
pub(super) fn explain(error: LogError) -> anyhow::Error {
    match error {
        LogError::Unavailable(why) => anyhow!(why),
        other => other.into(),
    }
}

/// The `--log` option of every command.
#[derive(Args)]
pub(super) struct LogOption {
    /// The log, as in `holdline serve`: sqlite:PATH [default: holdline.db in your data folder]
    #[arg(long, env = "HOLDLINE_LOG", value_name = "URL")]
    log: Option<LogUrl>,
}

impl LogOption {
    /// The log's file.
    pub(super) fn path(self) -> anyhow::Result<PathBuf> {
        match self.log {
            Some(LogUrl::Sqlite(path)) => Ok(path),
            Some(LogUrl::Memory) => {
                bail!("memory: keeps nothing between two runs, so there is nothing to work on")
            }
            None => default_path(),
        }
    }
}
