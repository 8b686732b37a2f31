//! `holdline log check`.

use std::process::ExitCode;

use clap::Args;
use holdline_server::log::SqliteLog;

use super::Which;
use crate::client::say;

/// Look for damage; works while a server runs.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    which: Which,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.which.path()?;
        let faults = SqliteLog::check(&path)?;
        for fault in &faults {
            say(format_args!("{fault}"));
        }
        if faults.is_empty() {
            say(format_args!(
                "{} is sound: rooms, messages and reactions are what its entries say",
                path.display()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        say(format_args!("{} has {} faults", path.display(), faults.len()));
        Ok(ExitCode::FAILURE)
    }
}
