//! The real server: `holdline serve` with a log of its own. Stopped, killed and started again as stories need it, each
//! time with the same addresses and the same log.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::process::Output;
use crate::{PATIENCE, Process, holdline};

/// A name that the stories' browsers resolve to this machine. Unlike this machine's own address it is none that browsers
/// trust without TLS: pages from there have neither locks nor service workers.
pub(crate) const PLAIN_HOST: &str = "chat.example";

/// A running server, killed when dropped.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    process: Option<Process>,
    folder: TempDir,
}

impl Server {
    /// Starts one on a free port of this machine.
    pub async fn start() -> Result<Self> {
        Self::start_on(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]).await
    }

    /// Starts one that listens on all of these addresses; a port of 0 is a free one.
    pub async fn start_on(addresses: Vec<SocketAddr>) -> Result<Self> {
        let mut server = Self { addresses, process: None, folder: tempfile::tempdir()? };
        server.start_again().await?;
        Ok(server)
    }

    /// The page's address, without a slash at the end.
    pub fn url(&self) -> String {
        self.urls().swap_remove(0)
    }

    /// The page's address by a name, as in a network without TLS.
    pub fn plain_url(&self) -> String {
        self.url().replace("127.0.0.1", PLAIN_HOST)
    }

    /// The page's address on each of the addresses it listens on, in order.
    pub fn urls(&self) -> Vec<String> {
        self.addresses.iter().map(|address| format!("http://{address}")).collect()
    }

    /// How many polls it holds, in its own count.
    pub async fn held_polls(&self) -> Result<u64> {
        let metrics =
            reqwest::get(format!("{}/metrics", self.url())).await?.error_for_status()?.text().await?;
        let held = metrics.lines().find_map(|line| line.strip_prefix("holdline_held_polls "));
        Ok(held.context("the server does not count the polls it holds")?.parse()?)
    }

    /// Stops it as an operator does, with SIGTERM.
    pub async fn stop(&mut self) -> Result<()> {
        let status = self.process.take().context("the server is not running")?.terminate().await?;
        ensure!(status.success(), "the server was asked to stop and ended with {status}");
        Ok(())
    }

    /// Takes its life without warning, with SIGKILL.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.take().context("the server is not running")?.kill().await
    }

    /// Kills it and starts it with an empty log.
    pub async fn replace_log(&mut self) -> Result<()> {
        self.kill().await?;
        for entry in self.folder.path().read_dir()? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log.db")) {
                std::fs::remove_file(path)?;
            }
        }
        self.start_again().await
    }

    /// Starts it with the addresses and the log it had.
    pub async fn start_again(&mut self) -> Result<()> {
        let mut command = holdline()?;
        let log = format!("sqlite:{}", self.folder.path().join("log.db").display());
        // Proxies of the stories stand on this machine.
        command.args(["serve", "--log", &log, "--trusted-proxy", "127.0.0.1", "--host", PLAIN_HOST]);
        for address in &self.addresses {
            command.args(["--listen", &address.to_string()]);
        }
        let mut process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
        let mut lines = process.errors()?;
        let bound = timeout(PATIENCE, bound(&mut lines, self.addresses.len())).await;
        self.addresses = bound.context("the server does not say where it listens")??;
        self.process = Some(process);
        tokio::spawn(show(lines));
        Ok(())
    }
}

/// Reads the addresses that the server says it is bound to.
async fn bound(lines: &mut Output, count: usize) -> Result<Vec<SocketAddr>> {
    let mut said = Vec::new();
    let mut bound = Vec::new();
    while bound.len() < count {
        let line = lines.next_line().await?;
        let line = line.with_context(|| format!("the server ended at once, saying {said:?}"))?;
        if let Some((_, address)) = line.split_once("url=http://") {
            bound.push(address.trim().parse().with_context(|| format!("no address in {line:?}"))?);
        }
        said.push(line);
    }
    Ok(bound)
}

/// Shows what the server says; the test harness keeps it to itself unless the test fails.
#[expect(clippy::print_stderr, reason = "the harness captures what is printed, and nothing else")]
async fn show(mut lines: Output) {
    while let Ok(Some(line)) = lines.next_line().await {
        eprintln!("server: {line}");
    }
}
