//! The real server: `holdline serve` with its own log. Can be stopped, killed and restarted with the same
//! addresses and the same log.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::process::Output;
use crate::{Check, Person, Process, TIME_LIMIT, eventually, holdline};

/// A name that the stories' browsers resolve to this machine. Browsers trust this machine's address without TLS, but
/// not this name: pages from there have neither Web Locks nor service workers.
pub(crate) const PLAIN_HOST: &str = "chat.example";

/// The password of a server whose door asks for one.
pub const JOIN_PASSWORD: &str = "open sesame please";

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    process: Option<Process>,
    folder: TempDir,
    /// The way in for strangers at the first start; the server's own default for none.
    door: Option<&'static str>,
}

impl Server {
    /// Starts a server on a free port of this machine.
    pub async fn start() -> Result<Self> {
        Self::start_on(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]).await
    }

    /// Starts a server on all of these addresses; port 0 means a free port.
    pub async fn start_on(addresses: Vec<SocketAddr>) -> Result<Self> {
        Self::start_as(addresses, None).await
    }

    /// Starts a server with this door.
    pub async fn start_with_door(door: &'static str) -> Result<Self> {
        Self::start_as(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))], Some(door)).await
    }

    async fn start_as(addresses: Vec<SocketAddr>, door: Option<&'static str>) -> Result<Self> {
        let mut server = Self { addresses, process: None, folder: tempfile::tempdir()?, door };
        server.start_again().await?;
        Ok(server)
    }

    /// The chat's address, without a slash at the end.
    pub fn url(&self) -> String {
        self.urls().swap_remove(0)
    }

    /// The chat's address by a host name, as in a network without TLS.
    pub fn plain_url(&self) -> String {
        self.url().replace("127.0.0.1", PLAIN_HOST)
    }

    /// The chat's address on each listener, in order.
    pub fn urls(&self) -> Vec<String> {
        self.addresses.iter().map(|address| format!("http://{address}")).collect()
    }

    /// The address of a link that makes an admin, as the owner's command prints it.
    pub async fn admin_link(&self) -> Result<String> {
        let mut command = holdline()?;
        command.args(["admin", "--log", &self.log(), "--address", &self.url(), "link"]);
        let output = command.output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let link = said.split_whitespace().find(|word| word.contains("/join/")).map(str::to_owned);
        link.with_context(|| format!("no link in {said:?}, {:?}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Ends all sessions.
    pub async fn end_sessions(&self) -> Result<()> {
        let mut command = holdline()?;
        command.args(["admin", "--log", &self.log(), "rotate-secret", "--grace", "0"]);
        let output = command.output().await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Creates an admin of this name, who comes in by the owner's link.
    pub async fn admin(&self, name: &str) -> Result<Person> {
        let link = self.admin_link().await?;
        let code = link.rsplit('/').next().context("the link has no code")?;
        Person::redeem(&self.url(), code, name).await
    }

    fn log(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("log.db").display())
    }

    /// Reads the number of held polls from the server's metrics.
    pub async fn held_polls(&self) -> Result<u64> {
        let metrics =
            reqwest::get(format!("{}/metrics", self.url())).await?.error_for_status()?.text().await?;
        let held = metrics.lines().find_map(|line| line.strip_prefix("holdline_held_polls "));
        Ok(held.context("the server does not count the polls it holds")?.parse()?)
    }

    /// Waits until the server holds this number of polls.
    pub async fn until_held_polls(&self, count: u64) -> Result<()> {
        eventually(&format!("{count} held polls"), async || {
            let held = self.held_polls().await?;
            Ok(Check::that(held == count, || held.to_string()))
        })
        .await
    }

    /// Stops the server as an operator does, with SIGTERM.
    pub async fn stop(&mut self) -> Result<()> {
        let status = self.process.take().context("the server is not running")?.terminate().await?;
        ensure!(status.success(), "the server was asked to stop and ended with {status}");
        Ok(())
    }

    /// Kills the server, with SIGKILL.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.take().context("the server is not running")?.kill().await
    }

    /// Kills the server and starts it with an empty log.
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

    /// Restarts the server with its addresses and its log.
    pub async fn start_again(&mut self) -> Result<()> {
        let mut command = holdline()?;
        let log = self.log();
        // The stories' proxies run on this machine.
        command.args(["serve", "--log", &log, "--trusted-proxy", "127.0.0.1", "--host", PLAIN_HOST]);
        // The stories' people are faster than people.
        command.args(["--limit", "publish=none,rooms=none,reactions=none,history=none"]);
        if let Some(door) = self.door {
            command.args(["--door", door]).env("HOLDLINE_JOIN_PASSWORD", JOIN_PASSWORD);
        }
        for address in &self.addresses {
            command.args(["--listen", &address.to_string()]);
        }
        let mut process = Process::start(command.stdout(Stdio::null()).stderr(Stdio::piped()))?;
        let mut lines = process.errors()?;
        let bound = timeout(TIME_LIMIT, bound(&mut lines, self.addresses.len())).await;
        self.addresses = bound.context("the server does not say where it listens")??;
        self.process = Some(process);
        tokio::spawn(show(lines));
        Ok(())
    }
}

/// Reads the bound addresses from the server's log.
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

/// Prints the server's log; the test harness shows it only if the test fails.
#[expect(clippy::print_stderr, reason = "the harness captures what is printed, and nothing else")]
async fn show(mut lines: Output) {
    while let Ok(Some(line)) = lines.next_line().await {
        eprintln!("server: {line}");
    }
}
