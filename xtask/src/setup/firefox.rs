//! Firefox and its WebDriver, for the stories that run in a second engine.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use xshell::{Cmd, Shell};

use super::browser::{named, on_path};
use super::{cargo_tool, debian};
use crate::{paths, shell};

/// The version of geckodriver.
const GECKODRIVER: &str = "0.37.1";

const PACKAGES: [&str; 1] = ["firefox-esr"];

/// Names under which Firefox is found on PATH; the tests use the first that answers.
const BROWSERS: [&str; 2] = ["firefox-esr", "firefox"];

/// Firefox and the driver that steers it.
pub(crate) struct Firefox {
    /// Variable `FIREFOX`.
    browser: PathBuf,
    /// Variable `GECKODRIVER`.
    driver: PathBuf,
}

impl Firefox {
    /// Passes the paths of browser and driver to a command, and says that they are to be used.
    pub(crate) fn show_to<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        let command = command.env("FIREFOX", &self.browser).env("GECKODRIVER", &self.driver);
        command.env("HOLDLINE_BROWSER", "firefox")
    }
}

/// Finds the Firefox and the geckodriver that `FIREFOX` and `GECKODRIVER` name or PATH has. Installs Debian's Firefox, and
/// compiles the driver.
pub(crate) fn find_or_install(sh: &Shell) -> Result<Firefox> {
    if find_browser(sh).is_none() {
        debian::install(sh, &PACKAGES)?;
    }
    let browser = find_browser(sh).with_context(|| {
        let by_hand = debian::by_hand(&PACKAGES);
        format!("the tests need Firefox, on PATH or named by FIREFOX. On Debian, {by_hand}")
    })?;
    let driver = named("GECKODRIVER").or_else(|| on_path("geckodriver"));
    let driver = driver.map_or_else(|| compiled_driver(sh), Ok)?;
    Ok(Firefox { browser, driver })
}

fn find_browser(sh: &Shell) -> Option<PathBuf> {
    named("FIREFOX")
        .or_else(|| BROWSERS.into_iter().filter(|name| shell::answers(sh, name)).find_map(on_path))
}

fn compiled_driver(sh: &Shell) -> Result<PathBuf> {
    let folder = cargo_tool::GECKODRIVER.find_or_install(sh, &paths::tools()?, GECKODRIVER)?;
    Ok(folder.context("geckodriver is not where it was installed")?.join("geckodriver"))
}
