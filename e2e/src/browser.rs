//! A real browser with a fresh profile, controlled over WebDriver. Knows nothing of the page's content.

mod command;
mod driver;
mod kind;
mod until;

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
use crate::{Check, eventually, key};

/// A browser window, with its browser and driver ended when dropped.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session, for commands without a method here.
    pub client: Client,
    driver: Driver,
}

/// A screen to emulate.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    /// The width in CSS pixels.
    pub width: u32,
    /// The height in CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: u32,
    /// Whether the device has a touch screen and no mouse.
    pub is_phone: bool,
}

impl Device {
    /// A laptop.
    pub const LAPTOP: Self = Self { width: 1280, height: 800, scale: 1, is_phone: false };
    /// A small phone.
    pub const PHONE: Self = Self { width: 360, height: 740, scale: 1, is_phone: true };
}

/// A colour scheme that the system prefers.
#[derive(Debug, Clone, Copy)]
pub enum Scheme {
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// The number of attempts to start a browser.
const STARTS: usize = 3;

/// A line of the browser's console.
#[derive(Debug, Deserialize)]
struct ConsoleLine {
    level: String,
    source: String,
    message: String,
}

impl Browser {
    /// Starts a browser with a laptop's screen and mouse.
    pub async fn start() -> Result<Self> {
        Self::start_on(Device::LAPTOP).await
    }

    /// Starts a browser on this device, and another one if the driver gives up on the first: the time that a driver
    /// waits for its browser is too short for a busy machine.
    pub async fn start_on(device: Device) -> Result<Self> {
        let mut started = Self::try_start_on(device).await;
        for _ in 1..STARTS {
            if started.is_ok() {
                break;
            }
            started = Self::try_start_on(device).await;
        }
        started
    }

    async fn try_start_on(device: Device) -> Result<Self> {
        let mut driver = Driver::start().await?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = builder.capabilities(driver.capabilities(device.is_phone)?).connect(driver.url());
        let client = session.await.context("cannot start a browser")?;
        driver.take_charge_of(client.capabilities().and_then(|all| all.get(driver.kind.process())?.as_u64()));
        let browser = Self { client, driver };
        browser.emulate(device).await?;
        Ok(browser)
    }

    /// Emulates this device from now on.
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
        // A phone's scroll bars lie over the page, and only while it moves.
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": is_phone })).await.map(drop)
    }

    /// Emulates a system with this colour scheme from now on.
    pub async fn prefer(&self, scheme: Scheme) -> Result<()> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Disconnects this tab from the network, or reconnects it.
    pub async fn set_online(&self, is_online: bool) -> Result<()> {
        self.devtools("Network.enable", json!({})).await?;
        let conditions =
            json!({ "offline": !is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await.map(drop)
    }

    /// Freezes this tab, as the browser freezes a background tab to save power, or thaws it.
    pub async fn set_frozen(&self, is_frozen: bool) -> Result<()> {
        let state = if is_frozen { "frozen" } else { "active" };
        self.devtools("Page.setWebLifecycleState", json!({ "state": state })).await.map(drop)
    }

    /// Goes back as the reader does. The driver's own command sometimes loses a page that comes out of the browser's
    /// cache.
    pub async fn back(&self) -> Result<()> {
        let left = self.client.current_url().await?;
        let () = self.run("setTimeout(() => history.back(), 0)", vec![]).await?;
        eventually("another address", async || {
            let now = self.client.current_url().await;
            Ok(Check::that(now.is_ok_and(|now| now != left), || left.to_string()))
        })
        .await
    }

    /// Reloads the page as its reader does. The driver's own command bypasses service workers in Firefox.
    pub async fn reload(&self) -> Result<()> {
        let () = self.run("window.isLeft = true; setTimeout(() => location.reload(), 0)", vec![]).await?;
        eventually("another page", async || {
            // Scripts fail between two pages.
            let is_another = self.client.execute("return !window.isLeft", vec![]).await;
            Ok(Check::that(is_another.is_ok_and(|is| is == true), || "the old page".to_owned()))
        })
        .await
    }

    /// Runs a script in the page, and returns its result.
    pub async fn run<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        let value = self.client.execute(script, arguments).await?;
        serde_json::from_value(value).with_context(|| format!("unexpected result of the script {script}"))
    }

    /// Clicks on the element once it exists and nothing covers it.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.click_on(css, Locator::Css(css)).await
    }

    /// Types into a field of a form, in place of what stands there.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let css = format!("input[data-testid={name}]");
        self.click(&css).await?;
        let field = self.client.find(Locator::Css(&css)).await?;
        // Apart from each other: Firefox lets go of a modifier after the last key alone.
        for keys in [&format!("{}a", key::CONTROL), text] {
            field.send_keys(keys).await?;
        }
        Ok(())
    }

    /// Chooses from a list of a form, by the word that people see.
    pub async fn choose(&self, name: &str, word: &str) -> Result<()> {
        let select = self.client.find(Locator::Css(&format!("select[data-testid={name}]"))).await?;
        Ok(select.select_by_label(word).await?)
    }

    /// Clicks on the button that sends this form.
    pub async fn submit(&self, form: &str) -> Result<()> {
        self.click(&format!("form[data-testid={form}] button[type=submit]")).await
    }

    /// Clicks on the element of this kind with this word.
    pub async fn click_word(&self, tag: &str, word: &str) -> Result<()> {
        let path = format!("//{tag}[normalize-space()='{word}']");
        self.click_on(&format!("{word:?}"), Locator::XPath(&path)).await
    }

    async fn click_on(&self, name: &str, element: Locator<'_>) -> Result<()> {
        eventually(&format!("{name} to click on"), async || {
            let clicked = async { self.client.find(element).await?.click().await }.await;
            Ok(match clicked {
                Err(CmdError::Standard(why)) => Check::Pending(why.message.into_owned()),
                clicked => Check::Done(clicked?),
            })
        })
        .await
    }

    /// Replaces the content of a field, and presses Enter.
    pub async fn type_over(&self, css: &str, text: &str) -> Result<()> {
        self.click(css).await?;
        let field = self.client.find(Locator::Css(css)).await?;
        for keys in [format!("{}a", key::CONTROL), format!("{text}{}", key::ENTER)] {
            field.send_keys(&keys).await.with_context(|| format!("cannot type into {css}"))?;
        }
        Ok(())
    }

    /// Puts a text into a field at once, as pasting does.
    pub async fn paste(&self, css: &str, text: &str) -> Result<()> {
        let paste = "const field = document.querySelector(arguments[0]); field.focus();\
                     document.execCommand('insertText', false, arguments[1])";
        self.run(paste, vec![json!(css), json!(text)]).await
    }

    /// Sends keys to the focused element, as a keyboard does.
    pub async fn press(&self, keys: &str) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(keys).await?)
    }

    /// Fails if the console has any complaint since the last check.
    pub async fn must_be_quiet(&self) -> Result<()> {
        // Chromium logs every such response, including those that the protocol intends: no session yet, no
        // such room yet.
        let is_meant = |line: &ConsoleLine| line.message.contains(" 401 ") || line.message.contains(" 404 ");
        self.must_be_quiet_but_for(|line| line.source == "network" && is_meant(line)).await
    }

    /// Fails like [`must_be_quiet`](Self::must_be_quiet), but accepts failed requests, for stories in which
    /// the server goes away.
    pub async fn must_be_quiet_but_for_requests(&self) -> Result<()> {
        self.must_be_quiet_but_for(|line| line.source == "network").await
    }

    /// Fails if the console has complained about anything at all.
    pub async fn must_be_silent(&self) -> Result<()> {
        self.must_be_quiet_but_for(|_| false).await
    }

    async fn must_be_quiet_but_for(&self, is_expected: impl Fn(&ConsoleLine) -> bool) -> Result<()> {
        if self.driver.kind == Kind::Firefox {
            // Its driver does not tell what the console says.
            return Ok(());
        }
        let lines = self.client.issue_cmd(Chromium::Log).await?;
        let mut lines: Vec<ConsoleLine> = serde_json::from_value(lines)?;
        lines.retain(|line| line.level == "SEVERE" && !is_expected(line));
        ensure!(lines.is_empty(), "the browser's console complains: {lines:#?}");
        Ok(())
    }

    /// Whether the browser has Chromium's developer tools, with which it can be another device.
    pub fn has_devtools(&self) -> bool {
        self.driver.kind == Kind::Chromium
    }

    /// Sends a command of Chromium's developer tools, and returns its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let command = Chromium::Devtools { command: command.to_owned(), parameters };
        self.client.issue_cmd(command).await.context("the browser's developer tools refuse")
    }
}
