//! `holdline log export [FILE]`.

use std::fs::OpenOptions;
use std::io::{BufWriter, stdout};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;
use holdline_server::log::maintenance::{self, Exported};

use super::option::{LogOption, explain};
use crate::client::say;

/// Write the log as lines of JSON; works while a server runs.
#[derive(Args)]
pub(super) struct Export {
    /// The file to make; one that is there is not overwritten [default: standard output, also named -]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    log: LogOption,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.log.path()?;
        let exported = match self.file.as_deref().filter(|file| *file != Path::new("-")) {
            None => {
                ensure!(!is_closed(), "standard output is closed; name a file instead");
                maintenance::export(&path, &mut BufWriter::new(stdout().lock())).map_err(explain)?
            }
            Some(file) => export_into(&path, file)?,
        };
        say(format_args!("{} entries were exported", exported.entries));
        for seq in &exported.damaged {
            say(format_args!(
                "entry {seq} is damaged and was left out, or replaced by the strictest change that it can have been"
            ));
        }
        Ok(if exported.damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Writes under another name first, so that a file of this name is always complete.
fn export_into(path: &Path, file: &Path) -> anyhow::Result<Exported> {
    let unwritable = || format!("cannot make {}", file.display());
    let make = |name: &Path| OpenOptions::new().write(true).create_new(true).mode(0o600).open(name);
    ensure!(!file.exists(), "{} is there already", file.display());
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let opened = make(&part).with_context(unwritable)?;
    let exported = maintenance::export(path, &mut BufWriter::new(&opened)).map_err(explain);
    let kept = exported.and_then(|exported| {
        opened.sync_all().with_context(unwritable)?;
        // Takes the name, unless another process has created it meanwhile.
        make(file).with_context(unwritable)?;
        std::fs::rename(&part, file).with_context(unwritable)?;
        Ok(exported)
    });
    kept.inspect_err(|_| drop(std::fs::remove_file(&part)))
}

/// Whether the process started without standard output. Rust's runtime then opens `/dev/null` for reading and writing
/// in its place, which a shell never does.
fn is_closed() -> bool {
    /// The last digit of the flags of a file that was opened for reading and writing.
    const READ_AND_WRITE: char = '2';
    let is_null = std::fs::read_link("/proc/self/fd/1").is_ok_and(|file| file == Path::new("/dev/null"));
    let flags = std::fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = flags.lines().find_map(|line| line.strip_prefix("flags:"));
    is_null && flags.is_some_and(|flags| flags.trim().ends_with(READ_AND_WRITE))
}
