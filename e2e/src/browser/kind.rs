//! The browsers of the stories: the driver, the flags and the capabilities of each.

use std::env;
use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, bail};
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};

use crate::server::PLAIN_HOST;

/// A browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
}

/// The flags of a Chromium that runs without a screen, as root, and without connections to third parties.
const CHROMIUM: [&str; 10] = [
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

/// The time that a script in a page may take, in milliseconds: a walk through thousands of messages takes some seconds
/// on an idle machine.
const SCRIPT_TIME: u64 = 600_000;

/// The settings of a laptop's mouse: a headless browser has none, and pages that check (`pointer`, `hover`) would take
/// it for a kiosk.
const MOUSE: &str =
    "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2";

/// The settings of a phone's touch screen.
const FINGERS: &str =
    "--blink-settings=primaryPointerType=2,availablePointerTypes=2,primaryHoverType=1,availableHoverTypes=1";

impl Kind {
    /// The browser that `HOLDLINE_BROWSER` names: `chromium`, which is meant without the variable, or `firefox`.
    pub(super) fn of_environment() -> Result<Self> {
        match env::var("HOLDLINE_BROWSER").as_deref() {
            Ok("firefox") => Ok(Self::Firefox),
            Ok("chromium") | Err(_) => Ok(Self::Chromium),
            Ok(other) => bail!("HOLDLINE_BROWSER is {other}; the stories know chromium and firefox"),
        }
    }

    /// The driver, and the flags with which it listens on a free port.
    pub(super) fn driver(self) -> (OsString, &'static [&'static str]) {
        let named = |variable, otherwise: &str| env::var_os(variable).unwrap_or_else(|| otherwise.into());
        match self {
            Self::Chromium => (named("CHROMEDRIVER", "/usr/bin/chromedriver"), &["--port=0"]),
            Self::Firefox => (named("GECKODRIVER", "geckodriver"), &["--port=0", "--websocket-port=0"]),
        }
    }

    /// The port in the line by which the driver says that it listens.
    pub(super) fn port(self, line: &str) -> Option<&str> {
        let mark = match self {
            Self::Chromium => "started successfully on port ",
            Self::Firefox => "Listening on 127.0.0.1:",
        };
        Some(line.split_once(mark)?.1.trim_end_matches('.'))
    }

    /// The name under which a session's capabilities tell the browser's process.
    pub(super) fn process(self) -> &'static str {
        match self {
            Self::Chromium => "goog:processID",
            Self::Firefox => "moz:processID",
        }
    }

    /// The capabilities that the browser has to have. Firefox's driver makes a profile of its own.
    pub(super) fn capabilities(self, profile: &Path, is_phone: bool) -> Result<Capabilities> {
        let (variable, mut options) = match self {
            Self::Chromium => {
                let mut flags = CHROMIUM.map(str::to_owned).to_vec();
                flags.push(if is_phone { FINGERS } else { MOUSE }.to_owned());
                flags.push(format!("--user-data-dir={}", profile.display()));
                flags.push(format!("--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1"));
                // People have a back/forward cache; drivers switch it off.
                ("CHROME", json!({ "args": flags, "excludeSwitches": ["disable-back-forward-cache"] }))
            }
            Self::Firefox => (
                "FIREFOX",
                json!({ "args": ["-headless"], "prefs": { "network.dns.localDomains": PLAIN_HOST } }),
            ),
        };
        if let Some(binary) = env::var_os(variable) {
            options["binary"] = Value::from(binary.to_string_lossy());
        }
        let mut all = match self {
            Self::Chromium => {
                json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
            }
            Self::Firefox => json!({ "moz:firefoxOptions": options }),
        };
        all["timeouts"] = json!({ "script": SCRIPT_TIME });
        Ok(serde_json::from_value(all)?)
    }
}
