//! Installs Debian packages: as root, on Debian or a child of it, and only with the person's consent. Where any of that is
//! missing, names the command to run by hand.

use std::fs;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use super::consent;
use crate::say;

/// Whether packages can be installed here at all.
pub(crate) fn can_install(sh: &Shell) -> bool {
    let root = cmd!(sh, "id -u").quiet().ignore_stderr().read().is_ok_and(|id| id == "0");
    root && fs::exists("/etc/debian_version").unwrap_or(false)
}

/// Installs these packages. Answers false, and says what to do by hand, where that is impossible or not agreed to.
pub(crate) fn install(sh: &Shell, packages: &[&str]) -> Result<bool> {
    if !can_install(sh) || !consent::is_given(sh, &format!("install {}", packages.join(", ")))? {
        say::line(by_hand(packages));
        return Ok(false);
    }
    say::step(format!("installing {}", packages.join(", ")));
    // A package list that cannot be refreshed may still have the packages.
    cmd!(sh, "apt-get update -q").ignore_status().run()?;
    cmd!(sh, "apt-get install -q -y --no-install-recommends {packages...}")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
        .with_context(|| by_hand(packages))?;
    Ok(true)
}

/// The same command, for the person to run.
pub(crate) fn by_hand(packages: &[&str]) -> String {
    format!("by hand, as root: apt-get install -y --no-install-recommends {}", packages.join(" "))
}
