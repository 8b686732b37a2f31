//! A reverse proxy's process: its start, its reload and its end.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command as BlockingCommand, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fastrand::Rng;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::server::{free_address, signal};

/// The time limit for a start.
const START: Duration = Duration::from_secs(10);
/// The interval of connection attempts during a start.
const CONNECT_INTERVAL: Duration = Duration::from_millis(20);

/// A running proxy. Dropping it ends all of its processes.
pub(crate) struct ReverseProxy {
    pub(crate) address: SocketAddr,
    child: Child,
    reload: &'static str,
}

/// A proxy's program, with its configuration already written.
pub(super) struct ProxyCommand {
    pub(super) command: Command,
    pub(super) address: SocketAddr,
    /// The signal that makes it read its configuration again and replace its workers.
    pub(super) reload: &'static str,
}

impl ReverseProxy {
    pub(super) async fn start(mut command_line: ProxyCommand) -> Result<Self> {
        let child = command_line
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {:?}", command_line.command))?;
        let mut proxy = Self { address: command_line.address, child, reload: command_line.reload };
        let deadline = Instant::now() + START;
        while TcpStream::connect(proxy.address).await.is_err() {
            if let Some(status) = proxy.child.try_wait()? {
                bail!("{:?} ended at its start: {status}", command_line.command);
            }
            if Instant::now() > deadline {
                bail!("{:?} does not listen", command_line.command);
            }
            sleep(CONNECT_INTERVAL).await;
        }
        Ok(proxy)
    }

    /// Starts new workers; the old ones finish their requests.
    pub(crate) async fn reload(&self) -> Result<()> {
        signal(self.child.id().context("the proxy has ended by itself")?, self.reload).await
    }
}

impl Drop for ReverseProxy {
    /// Asks the main process to stop, which also stops its workers; killing it would leave them behind.
    fn drop(&mut self) {
        let Some(id) = self.child.id() else { return };
        let stopped = BlockingCommand::new("kill").arg("-TERM").arg(id.to_string()).status();
        if !stopped.is_ok_and(|status| status.success()) {
            // The process has ended by itself, or does not react.
            let _ = self.child.start_kill();
        }
    }
}

/// Chooses an address, and makes the folder accessible to workers that run as another user.
pub(super) fn prepare(folder: &Path, rng: &mut Rng) -> Result<SocketAddr> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    free_address(rng)
}

/// Replaces these pieces of a configuration, each of which must be in it once.
pub(super) fn filled_in(config: &str, pieces: &[(&str, String)]) -> Result<String> {
    pieces.iter().try_fold(config.to_owned(), |config, (from, to)| {
        ensure!(config.matches(from).count() == 1, "{from:?} must be in the configuration once");
        Ok(config.replace(from, to))
    })
}
