//! A real browser with a fresh profile, steered over WebDriver. What a page is, it does not know.

mod command;
mod driver;
mod kind;

use anyhow::{Context as _, Result, ensure};
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::command::Chromium;
use self::driver::Driver;
use self::kind::Kind;
use crate::{Look, eventually, key};

/// A browser window, with its browser and driver ended when dropped.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session, for what is not offered here.
    pub client: Client,
    driver: Driver,
}

/// A screen to emulate.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: u32,
    /// Touched, not pointed at with a mouse.
    pub is_phone: bool,
}

impl Device {
    /// A laptop.
    pub const LAPTOP: Self = Self { width: 1280, height: 800, scale: 1, is_phone: false };
    /// A small phone.
    pub const PHONE: Self = Self { width: 360, height: 740, scale: 1, is_phone: true };
}

/// What the system prefers.
#[derive(Debug, Clone, Copy)]
pub enum Scheme {
    /// Dark letters on light ground.
    Light,
    /// Light letters on dark ground.
    Dark,
}

/// A line of the browser's console.
#[derive(Debug, Deserialize)]
struct Line {
    level: String,
    source: String,
    message: String,
}

impl Browser {
    /// Starts one, with a laptop's screen.
    pub async fn start() -> Result<Self> {
        let mut driver = Driver::start().await?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = builder.capabilities(driver.capabilities()?).connect(driver.url());
        let client = session.await.context("cannot start a browser")?;
        driver.take_charge_of(client.capabilities().and_then(|all| all.get(driver.kind.process())?.as_u64()));
        let browser = Self { client, driver };
        browser.emulate(Device::LAPTOP).await?;
        Ok(browser)
    }

    /// Goes on with this screen.
    pub async fn emulate(&self, device: Device) -> Result<()> {
        let Device { width, height, scale, is_phone } = device;
        if self.driver.kind == Kind::Firefox {
            ensure!(!is_phone, "Firefox has no phone to show");
            return Ok(self.client.set_window_size(width, height).await?);
        }
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": is_phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_phone })).await?;
        // A phone's lie over the page, and only while it moves.
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": is_phone })).await.map(drop)
    }

    /// Goes on as on a system that prefers this.
    pub async fn prefer(&self, scheme: Scheme) -> Result<()> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Takes the network away from this tab, or gives it back.
    pub async fn set_online(&self, is_online: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let conditions =
            json!({ "offline": !is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
    }

    /// Freezes this tab, as the browser does with one in the background when it wants to save power, or thaws it.
    pub async fn set_frozen(&self, is_frozen: bool) -> Result<()> {
        let state = if is_frozen { "frozen" } else { "active" };
        self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await.map(drop)
    }

    /// Loads the page anew as its reader does, whatever comes of that. The driver's own command goes past service workers in
    /// Firefox.
    pub async fn reload(&self) -> Result<()> {
        let () = self.run("window.isLeft = true; setTimeout(() => location.reload(), 0)", vec![]).await?;
        eventually("another page", async || {
            // Between two pages there is none to ask.
            let is_another = self.client.execute("return !window.isLeft", vec![]).await;
            Ok(Look::at(is_another.is_ok_and(|is| is == true), || "the old page".to_owned()))
        })
        .await
    }

    /// Runs a script in the page; what it returns.
    pub async fn run<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        let value = self.client.execute(script, arguments).await?;
        serde_json::from_value(value).with_context(|| format!("unexpected result of the script {script}"))
    }

    /// Clicks on the element, as soon as it is there and nothing lies over it.
    pub async fn click(&self, css: &str) -> Result<()> {
        eventually(&format!("{css} to click on"), async || {
            let clicked = async { self.client.find(Locator::Css(css)).await?.click().await }.await;
            Ok(match clicked {
                Err(CmdError::Standard(why)) => Look::NotYet(why.message.into_owned()),
                clicked => Look::Seen(clicked?),
            })
        })
        .await
    }

    /// Replaces what stands in a field, and ends with Enter.
    pub async fn type_over(&self, css: &str, text: &str) -> Result<()> {
        self.click(css).await?;
        let field = self.client.find(Locator::Css(css)).await?;
        for keys in [format!("{}a", key::CONTROL), format!("{text}{}", key::ENTER)] {
            field.send_keys(&keys).await.with_context(|| format!("cannot type into {css}"))?;
        }
        Ok(())
    }

    /// Sends keys to whatever has the focus, as a keyboard does.
    pub async fn press(&self, keys: &str) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(keys).await?)
    }

    /// Fails if the console has complained about anything since the last time.
    pub async fn must_be_quiet(&self) -> Result<()> {
        // Chromium writes every such answer into the console, also where the protocol means it: there is no session
        // yet, there is no such room yet.
        let is_meant = |line: &Line| line.message.contains(" 401 ") || line.message.contains(" 404 ");
        self.must_be_quiet_but_for(|line| line.source == "network" && is_meant(line)).await
    }

    /// The same in a story in which the server is away for a while, and requests fail.
    pub async fn must_be_quiet_but_for_requests(&self) -> Result<()> {
        self.must_be_quiet_but_for(|line| line.source == "network").await
    }

    async fn must_be_quiet_but_for(&self, is_expected: impl Fn(&Line) -> bool) -> Result<()> {
        if self.driver.kind == Kind::Firefox {
            // Its driver does not tell what the console says.
            return Ok(());
        }
        let lines = self.client.issue_cmd(Chromium::Log).await?;
        let mut lines: Vec<Line> = serde_json::from_value(lines)?;
        lines.retain(|line| line.level == "SEVERE" && !is_expected(line));
        ensure!(lines.is_empty(), "the browser's console complains: {lines:#?}");
        Ok(())
    }

    /// One command of Chromium's own developer tools; its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let command = Chromium::Devtools { command: command.to_owned(), parameters };
        self.client.issue_cmd(command).await.context("the browser's developer tools refuse")
    }
}
