//! Chromium's extensions of WebDriver, as far as they are used.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of Chromium's driver.
#[derive(Debug)]
pub(super) enum Chromium {
    /// Reads the console's lines since the last time.
    Log,
    /// Sends a command of the developer tools' protocol.
    Devtools {
        /// Its name.
        command: String,
        /// Its parameters.
        parameters: Value,
    },
}

impl WebDriverCompatibleCommand for Chromium {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let path = match self {
            Self::Log => "se/log",
            Self::Devtools { .. } => "goog/cdp/execute",
        };
        base.join(&format!("session/{}/{path}", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = match self {
            Self::Log => json!({ "type": "browser" }),
            Self::Devtools { command, parameters } => json!({ "cmd": command, "params": parameters }),
        };
        (Method::POST, Some(body.to_string()))
    }
}
