//! The process of the driver, the browser that it starts, and the browser's files.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use fantoccini::wd::Capabilities;
use tempfile::TempDir;
use tokio::time::timeout;

use super::kind::Kind;
use crate::process::Output;
use crate::{Process, TIME_LIMIT};

/// The number of attempts at starting the driver.
const STARTS: usize = 5;

/// A running driver.
#[derive(Debug)]
pub(super) struct Driver {
    /// The browser that it drives.
    pub(super) kind: Kind,
    url: String,
    /// The browser's process, which outlives a driver that is killed.
    browser: Option<u64>,
    _process: Process,
    /// The browser's profile, and its other temporary files.
    files: TempDir,
}

impl Driver {
    /// Starts the driver of the browser that the environment names, on a free port. Chromium's chooses a port
    /// that is free for IPv4 and then listens on it for IPv6 too; if another program was faster, it ends, and
    /// is started again.
    pub(super) async fn start() -> Result<Self> {
        let mut started = Self::start_once().await;
        for _ in 1..STARTS {
            if started.is_ok() {
                break;
            }
            started = Self::start_once().await;
        }
        started
    }

    async fn start_once() -> Result<Self> {
        let kind = Kind::of_environment()?;
        let (program, flags) = kind.driver();
        let mut command = tokio::process::Command::new(program);
        // The driver and the browser write their temporary files here. A Firefox that is killed would otherwise leave a
        // profile of 40 MB behind.
        let files = tempfile::tempdir()?;
        command.args(flags).env("TMPDIR", files.path()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Process::start(&mut command)
            .context("no WebDriver; `cargo xtask setup --browser` installs them, or CHROMEDRIVER and GECKODRIVER name them")?;
        let mut output = process.output()?;
        let port = timeout(TIME_LIMIT, port(kind, &mut output)).await;
        let port = port.context("the driver does not say on which port it listens")??;
        // The driver writes more later, and must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = output.next_line().await {} });
        let url = format!("http://127.0.0.1:{port}/");
        Ok(Self { kind, url, browser: None, _process: process, files })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The capabilities that the browser has to have.
    pub(super) fn capabilities(&self, is_phone: bool) -> Result<Capabilities> {
        self.kind.capabilities(&self.files.path().join("profile"), is_phone)
    }

    /// Takes the ownership of this browser, to kill it with the driver.
    pub(super) fn take_charge_of(&mut self, browser: Option<u64>) {
        self.browser = browser;
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(browser) = self.browser {
            // The process may have ended by itself.
            Command::new("kill")
                .args(["-KILL", &browser.to_string()])
                .stderr(Stdio::null())
                .status()
                .map(drop)
                .unwrap_or_default();
        }
    }
}

/// Reads the port from the driver's first lines.
async fn port(kind: Kind, output: &mut Output) -> Result<u16> {
    while let Some(line) = output.next_line().await? {
        if let Some(port) = kind.port(&line) {
            return Ok(port.parse()?);
        }
    }
    anyhow::bail!("the driver ended at once")
}
