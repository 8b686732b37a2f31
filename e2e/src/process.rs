//! A process that runs as long as its guard lives.

use std::process::{ExitStatus, Stdio};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::TIME_LIMIT;

/// A running process; killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
}

/// The lines of a process's output.
pub type Output = Lines<BufReader<Box<dyn AsyncRead + Send + Unpin>>>;

impl Process {
    /// Starts a command with an empty standard input.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).kill_on_drop(true).spawn();
        Ok(Self { child: child.with_context(|| format!("cannot start {name}"))?, name })
    }

    /// Takes the standard output, if it was piped; once only.
    pub fn output(&mut self) -> Result<Output> {
        let pipe = self.child.stdout.take().context("standard output was not piped")?;
        Ok(BufReader::new(Box::new(pipe) as Box<_>).lines())
    }

    /// Takes the standard error, if it was piped; once only.
    pub(crate) fn errors(&mut self) -> Result<Output> {
        let pipe = self.child.stderr.take().context("standard error was not piped")?;
        Ok(BufReader::new(Box::new(pipe) as Box<_>).lines())
    }

    /// Terminates the process, as `kill` does, and waits for its end.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        let id = self.child.id().with_context(|| format!("{} has ended before", self.name))?;
        signal("TERM", id).await?;
        let ended = timeout(TIME_LIMIT, self.child.wait()).await;
        Ok(ended.with_context(|| format!("{} does not end when asked to", self.name))??)
    }

    /// Kills the process, as `kill -9` does, and waits for its end.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// Sends a signal with the system's `kill`.
async fn signal(name: &str, process: u32) -> Result<()> {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().await?;
    ensure!(status.success(), "cannot send SIG{name} to process {process}");
    Ok(())
}
