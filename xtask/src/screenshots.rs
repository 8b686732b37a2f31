//! `cargo xtask screenshots`: takes the README's pictures, with a real browser of the real program.

use anyhow::Result;
use xshell::Shell;

use crate::setup::{browser, fonts};
use crate::{build, paths, say, shell};

/// Builds the server and writes `docs/images/*.png`.
pub(crate) fn command(sh: &Shell) -> Result<()> {
    let browser = browser::find_or_install(sh)?;
    fonts::find_or_install(sh)?;
    build::command(sh)?;
    say::step("taking screenshots, about a minute");
    let photographer = shell::cargo(sh).args(["run", "--package", "holdline_e2e", "--bin", "screenshots"]);
    browser.show_to(photographer).env("HOLDLINE_BIN", paths::executable()).run()?;
    Ok(())
}
