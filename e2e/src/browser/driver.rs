//! The process of the driver, the browser that it starts, and the browser's profile.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::process::Output;
use crate::{Process, TIME_LIMIT};

/// The flags of a browser that runs without a screen, as root, and without connections to third parties.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A click on an element that is still moving hits another one.
    "--force-prefers-reduced-motion",
];

/// The settings of a laptop's mouse: a headless browser has none, and pages that check (`pointer`, `hover`) would take it
/// for a kiosk.
const MOUSE: &str =
    "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2";

/// The settings of a phone's touch screen.
const FINGERS: &str =
    "--blink-settings=primaryPointerType=2,availablePointerTypes=2,primaryHoverType=1,availableHoverTypes=1";

/// The number of attempts at starting the driver.
const STARTS: usize = 5;

/// A running driver.
#[derive(Debug)]
pub(super) struct Driver {
    url: String,
    /// The browser's process, which outlives a driver that is killed.
    browser: Option<u64>,
    _process: Process,
    profile: TempDir,
}

impl Driver {
    /// Starts the driver that `CHROMEDRIVER` names, or Debian's, on a free port. The driver chooses a port
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
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "/usr/bin/chromedriver".into());
        let mut command = tokio::process::Command::new(program);
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Process::start(&mut command)
            .context("no WebDriver; `cargo xtask setup --browser` installs one, or CHROMEDRIVER names it")?;
        let mut output = process.output()?;
        let port = timeout(TIME_LIMIT, port(&mut output)).await;
        let port = port.context("chromedriver does not say on which port it listens")??;
        // The driver writes more later, and must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = output.next_line().await {} });
        let url = format!("http://127.0.0.1:{port}/");
        Ok(Self { url, browser: None, _process: process, profile: tempfile::tempdir()? })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The capabilities that the browser has to have.
    pub(super) fn capabilities(&self, is_phone: bool) -> Result<Capabilities> {
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(if is_phone { FINGERS } else { MOUSE }.to_owned());
        flags.push(format!("--user-data-dir={}", self.profile.path().display()));
        let mut options = json!({ "args": flags });
        if let Some(browser) = env::var_os("CHROME") {
            options["binary"] = Value::from(browser.to_string_lossy());
        }
        let all = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        Ok(serde_json::from_value(all)?)
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
async fn port(output: &mut Output) -> Result<u16> {
    while let Some(line) = output.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return Ok(port.trim_end_matches('.').parse()?);
        }
    }
    anyhow::bail!("chromedriver ended at once")
}
