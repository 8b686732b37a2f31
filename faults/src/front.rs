//! Real proxies in front of the server, as processes of ours with everything they need in a temporary folder.

mod haproxy;
mod nginx;

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

pub(crate) use self::haproxy::haproxy;
pub(crate) use self::nginx::{Upstream, nginx};

/// Longer than any of them takes to start.
const START: Duration = Duration::from_secs(10);
/// How often a port is tried that does not answer yet.
const LOOK: Duration = Duration::from_millis(20);

/// A running proxy. Ends when it is dropped, with all of its processes.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    child: Child,
    reload: &'static str,
}

/// What to start: a program with its configuration written already.
struct Recipe {
    command: Command,
    address: SocketAddr,
    /// The signal at which it reads its configuration again and replaces its workers.
    reload: &'static str,
}

impl Front {
    async fn start(mut recipe: Recipe) -> Result<Self> {
        let child = recipe
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {:?}", recipe.command))?;
        let mut front = Self { address: recipe.address, child, reload: recipe.reload };
        let deadline = Instant::now() + START;
        while TcpStream::connect(front.address).await.is_err() {
            if let Some(status) = front.child.try_wait()? {
                bail!("{:?} ended at its start: {status}", recipe.command);
            }
            if Instant::now() > deadline {
                bail!("{:?} does not listen", recipe.command);
            }
            sleep(LOOK).await;
        }
        Ok(front)
    }

    /// New workers; the old ones finish what they have.
    pub(crate) async fn reload(&self) -> Result<()> {
        signal(self.child.id().context("the proxy has ended by itself")?, self.reload).await
    }
}

impl Drop for Front {
    /// The first process takes its workers along when it is told to end; killed, it would leave them behind.
    fn drop(&mut self) {
        let Some(id) = self.child.id() else { return };
        let told = BlockingCommand::new("kill").arg("-TERM").arg(id.to_string()).status();
        if !told.is_ok_and(|status| status.success()) {
            // It has ended by itself, or never will.
            let _ = self.child.start_kill();
        }
    }
}

/// Whether there is such a program.
pub(crate) fn is_there(program: &str) -> bool {
    let asked = BlockingCommand::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// The configuration with these pieces replaced, each of which must stand in it once.
fn filled_in(config: &str, pieces: &[(&str, String)]) -> Result<String> {
    pieces.iter().try_fold(config.to_owned(), |config, (from, to)| {
        ensure!(config.matches(from).count() == 1, "{from:?} must stand once in the configuration");
        Ok(config.replace(from, to))
    })
}

/// An address for a proxy, and a folder that its workers may enter, too, when they are another user.
fn place(folder: &Path, rng: &mut Rng) -> Result<SocketAddr> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    }
    free_address(rng)
}
