//! `holdline log import [FILE]`.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use holdline_server::log::maintenance;

use super::address::{filled_in, make_folder_of};
use super::option::{LogOption, explain};
use crate::client::say;

/// Make a new log from lines of JSON.
#[derive(Args)]
pub(super) struct Import {
    /// The file that `holdline log export` wrote [default: standard input, also named -]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    log: LogOption,
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let file = self.file.filter(|file| file.as_os_str() != "-").map(filled_in).transpose()?;
        let mut from: Box<dyn BufRead> = match &file {
            None => Box::new(stdin().lock()),
            Some(file) => {
                let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
                Box::new(BufReader::new(opened))
            }
        };
        let path = self.log.path()?;
        let made: Vec<_> = path.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        make_folder_of(&path)?;
        let imported = maintenance::import(&mut from, &path);
        if imported.is_err() {
            // The folders were created for this log and are empty again.
            for folder in made {
                let _ = std::fs::remove_dir(folder);
            }
        }
        let entries = imported.map_err(explain).context("nothing was imported")?;
        say(format_args!("{} has {entries} entries, an epoch and a secret of its own", path.display()));
        Ok(ExitCode::SUCCESS)
    }
}
