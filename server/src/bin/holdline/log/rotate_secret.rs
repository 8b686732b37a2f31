//! `holdline log rotate-secret`.

use std::process::ExitCode;

use clap::Args;
use holdline_server::log::maintenance;

use super::{Which, explained};
use crate::client::say;

/// Give the log another secret, which ends every session; the server must be stopped.
#[derive(Args)]
pub(super) struct RotateSecret {
    #[command(flatten)]
    which: Which,
}

impl RotateSecret {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.which.path()?;
        maintenance::rotate_secret(&path).map_err(explained)?;
        say(format_args!(
            "{} has another secret: every session has ended; backups from before hold the old one",
            path.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
