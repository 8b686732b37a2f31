//! Fonts for the screenshots: a bare machine draws boxes for emoji.

use anyhow::Result;
use xshell::{Shell, cmd};

use super::debian;
use crate::say;

/// Debian's packages of the fonts that a reader's machine most likely has.
const PACKAGES: [&str; 2] = ["fonts-noto-core", "fonts-noto-color-emoji"];

/// Installs the fonts that the pictures are to show; without them the pictures show what this machine has.
pub(crate) fn find_or_install(sh: &Shell) -> Result<()> {
    let fonts = cmd!(sh, "fc-list").quiet().ignore_stderr().read().unwrap_or_default();
    if fonts.contains("Noto Color Emoji") && fonts.contains("Noto Sans") {
        return Ok(());
    }
    if !debian::install(sh, &PACKAGES)? {
        say::line("without the Noto fonts the pictures will look different");
    }
    Ok(())
}
