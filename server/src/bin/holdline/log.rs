//! `holdline log …`: maintenance of a log by its operator. Each command reports its result on standard error and exits
//! with 0, or with 1 if something was wrong.

mod address;
mod backup;
mod check;
mod export;
mod import;
mod option;
mod restore;
mod rotate_secret;

use std::process::ExitCode;

use clap::{Args, Subcommand};

pub(crate) use self::address::{default_path, filled_in, make_folder_of};
pub(crate) use self::rotate_secret::Grace;

/// Commands that work on a log.
#[derive(Args)]
pub(crate) struct Log {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Look for damage; works while a server runs
    Check(check::Check),
    /// Copy the log into a new file; works while a server runs
    Backup(backup::Backup),
    /// Put a backup in the place of the log; the server must be stopped
    Restore(restore::Restore),
    /// Write the log as lines of JSON; works while a server runs
    Export(export::Export),
    /// Make a new log from lines of JSON
    Import(import::Import),
    /// Give the log another secret for signing sessions; the server must be stopped
    RotateSecret(rotate_secret::RotateSecret),
}

impl Log {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Check(check) => check.run(),
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Export(export) => export.run(),
            Command::Import(import) => import.run(),
            Command::RotateSecret(rotate) => rotate.run(),
        }
    }
}
