//! A browser and its WebDriver, for the tests.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};
use xshell::{Cmd, Shell};

use super::debian;
use crate::shell;

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Names under which browsers are found on PATH; the tests use the first that answers.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser and the driver that steers it.
pub(crate) struct Browser {
    /// Variable `CHROME`.
    browser: PathBuf,
    /// Variable `CHROMEDRIVER`.
    driver: PathBuf,
}

impl Browser {
    /// Passes the paths of browser and driver to a command.
    pub(crate) fn show_to<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        command.env("CHROME", &self.browser).env("CHROMEDRIVER", &self.driver)
    }
}

/// Finds the browser that `CHROME` and `CHROMEDRIVER` name or PATH has, or installs Debian's.
pub(crate) fn find_or_install(sh: &Shell) -> Result<Browser> {
    if let Some(found) = find(sh) {
        return Ok(found);
    }
    debian::install(sh, &PACKAGES)?;
    let Some(found) = find(sh) else {
        bail!(
            "the tests need Chromium or Chrome and a chromedriver of the same version, on PATH or named by \
             CHROME and CHROMEDRIVER. On Debian, {}; elsewhere: npx @puppeteer/browsers install chromedriver@stable",
            debian::by_hand(&PACKAGES)
        );
    };
    Ok(found)
}

/// Finds both; none if one is missing.
fn find(sh: &Shell) -> Option<Browser> {
    let browser = named("CHROME")
        .or_else(|| BROWSERS.iter().copied().filter(|name| shell::answers(sh, name)).find_map(on_path))?;
    let driver = named("CHROMEDRIVER").or_else(|| on_path("chromedriver"))?;
    Some(Browser { browser, driver })
}

/// The file that a variable names, if there is one.
pub(super) fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|file| file.exists())
}

/// The file of this name in the first folder of PATH that has one.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}
