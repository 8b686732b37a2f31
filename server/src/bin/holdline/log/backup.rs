//! `holdline log backup FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use holdline_server::log::maintenance;

use super::address::filled_in;
use super::option::{LogOption, explain};
use crate::client::say;

/// Copy the log into a new file; works while a server runs.
#[derive(Args)]
pub(super) struct Backup {
    /// The file to make; one that is there is not overwritten
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    log: LogOption,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let file = filled_in(self.file)?;
        let path = self.log.path()?;
        let head = maintenance::back_up(&path, &file)
            .map_err(explain)
            .with_context(|| format!("the log {} was not copied", path.display()))?;
        say(format_args!(
            "{} has the log up to entry {head}; keep it secret, it can sign sessions",
            file.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
