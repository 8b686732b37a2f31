//! `holdline log rotate-secret`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use holdline_server::log::{Log as _, SqliteLog};
use holdline_server::rotate_log_secret;

use super::option::{LogOption, explain};
use crate::client::say;

/// Give the log another secret; the server must be stopped. While it runs, `holdline admin rotate-secret` does the same.
#[derive(Args)]
pub(super) struct RotateSecret {
    #[command(flatten)]
    log: LogOption,

    #[command(flatten)]
    grace: Grace,
}

/// The time for which sessions of before go on.
#[derive(Args)]
pub(crate) struct Grace {
    /// The days, from 0 to 90, in which sessions are signed anew when they are used; 0 ends every session at once
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=90))]
    grace: u32,
}

impl Grace {
    /// The number of days.
    pub(crate) fn days(&self) -> u32 {
        self.grace
    }

    /// The consequence, in words.
    pub(crate) fn consequence(&self) -> String {
        match self.grace {
            0 => "every session has ended".to_owned(),
            days => format!("sessions that are not used within {days} days end"),
        }
    }
}

impl RotateSecret {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.log.path()?;
        ensure!(path.exists(), "there is no log {}", path.display());
        let grace = Duration::from_secs(u64::from(self.grace.days()) * 24 * 60 * 60);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.context("no async runtime")?.block_on(async {
            let log = SqliteLog::open(&path).map_err(explain)?;
            let rotated = rotate_log_secret(&log, grace).await;
            log.close().await;
            rotated.map_err(explain)
        })?;
        let consequence = self.grace.consequence();
        say(format_args!(
            "{} has another secret: {consequence}; backups from before have the old one",
            path.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
