//! `holdline log export [FILE]`.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write, stdout};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use holdline_server::log::SqliteLog;

use super::Which;
use crate::client::say;

/// Write the log as lines of JSON; works while a server runs.
#[derive(Args)]
pub(super) struct Export {
    /// The file to make; one that is there is not overwritten [default: standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    which: Which,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut into: Box<dyn Write> = match &self.file {
            None => Box::new(stdout().lock()),
            Some(file) => {
                let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
                Box::new(opened.with_context(|| format!("cannot make {}", file.display()))?)
            }
        };
        let exported = SqliteLog::export(&self.which.path()?, &mut BufWriter::new(&mut into))?;
        say(format_args!("{} entries were exported", exported.entries));
        for seq in &exported.damaged {
            say(format_args!("entry {seq} is damaged and was left out"));
        }
        Ok(if exported.damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
