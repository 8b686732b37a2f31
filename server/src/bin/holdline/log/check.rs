//! `holdline log check`.

use std::process::ExitCode;

use clap::Args;
use holdline_server::log::maintenance::{self, Checked};

use super::option::{LogOption, explain};
use crate::client::say;

/// Look for damage; works while a server runs.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    log: LogOption,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.log.path()?;
        let Checked { faults, notes } = maintenance::check(&path).map_err(explain)?;
        for fault in faults.iter().chain(&notes) {
            say(format_args!("{fault}"));
        }
        if faults.is_empty() {
            let compared = if notes.is_empty() {
                ": rooms, messages and reactions are what its entries say"
            } else {
                ""
            };
            say(format_args!("{} is sound{compared}", path.display()));
            return Ok(ExitCode::SUCCESS);
        }
        say(format_args!("{} has {} faults", path.display(), faults.len()));
        Ok(ExitCode::FAILURE)
    }
}
