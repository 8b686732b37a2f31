//! Installing Debian packages, where that is ours to do: on Debian or a child of it, as root.

use std::fs;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

/// Whether we may install packages here.
pub(crate) fn can_install(sh: &Shell) -> bool {
    let root = cmd!(sh, "id -u").quiet().ignore_stderr().read().is_ok_and(|id| id == "0");
    root && fs::exists("/etc/debian_version").unwrap_or(false)
}

/// Installs these packages, with fresh lists: a new machine has none.
pub(crate) fn install(sh: &Shell, packages: &[&str]) -> Result<()> {
    // A list that cannot be refreshed does no harm if the packages are in the others.
    cmd!(sh, "apt-get update -q").ignore_status().run()?;
    cmd!(sh, "apt-get install -q -y --no-install-recommends {packages...}")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
        .with_context(|| by_hand(packages))
}

/// The command that does the same by hand.
pub(crate) fn by_hand(packages: &[&str]) -> String {
    format!("by hand, as root: apt-get install -y --no-install-recommends {}", packages.join(" "))
}
