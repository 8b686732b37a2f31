//! Fonts for the screenshots: without them a bare machine draws boxes where emoji are.

use anyhow::Result;
use xshell::{Shell, cmd};

use super::debian;
use crate::say;

/// What a reader's machine most likely has, as Debian calls it.
const PACKAGES: [&str; 2] = ["fonts-noto-core", "fonts-noto-color-emoji"];

/// Looks for a font with emoji, and installs some where that is ours to do; elsewhere the pictures show what is there.
pub(crate) fn find_or_install(sh: &Shell) -> Result<()> {
    let fonts = cmd!(sh, "fc-list").quiet().ignore_stderr().read().unwrap_or_default();
    if fonts.contains("Noto Color Emoji") && fonts.contains("Noto Sans") {
        return Ok(());
    }
    if debian::can_install(sh) {
        say::step("installing fonts, some seconds");
        return debian::install(sh, &PACKAGES);
    }
    say::line(format!("no Noto fonts here, so pictures will look different; {}", debian::by_hand(&PACKAGES)));
    Ok(())
}
