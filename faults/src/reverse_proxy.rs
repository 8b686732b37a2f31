//! Real reverse proxies as child processes, with all of their files in a temporary folder.

mod haproxy;
mod nginx;
mod process;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;
use fastrand::Rng;

pub(crate) use self::nginx::Upstream;
pub(crate) use self::process::ReverseProxy;

/// A program with its settings.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Program {
    Nginx(Upstream),
    Haproxy,
}

impl Program {
    /// The name of the executable.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nginx(_) => "nginx",
            Self::Haproxy => "haproxy",
        }
    }

    /// Whether the program is installed.
    pub(crate) fn is_installed(self) -> bool {
        let mut command = Command::new(self.name());
        let status = command.arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Starts the program in front of `server`.
    pub(crate) async fn start(
        self,
        server: SocketAddr,
        folder: &Path,
        rng: &mut Rng,
    ) -> Result<ReverseProxy> {
        match self {
            Self::Nginx(upstream) => nginx::start(server, upstream, folder, rng).await,
            Self::Haproxy => haproxy::start(server, folder, rng).await,
        }
    }
}
