//! `holdline log restore FILE`: replaces the log by a backup, under a new epoch. Refuses while a server runs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use holdline_server::log::maintenance;

use super::address::{filled_in, make_folder_of};
use super::option::{LogOption, explain};
use crate::client::say;

/// Put a backup in the place of the log; the server must be stopped.
#[derive(Args)]
pub(super) struct Restore {
    /// The backup; it stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    log: LogOption,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.log.path()?;
        make_folder_of(&path)?;
        let restored = maintenance::restore(&filled_in(self.file)?, &path).map_err(explain)?;
        for removed in &restored.removed {
            say(format_args!("removed {}, which belonged to the previous log", removed.display()));
        }
        say(format_args!(
            "{} ends at entry {} now and has a new epoch ({}): clients fetch history anew",
            path.display(),
            restored.head,
            restored.epoch
        ));
        Ok(ExitCode::SUCCESS)
    }
}
