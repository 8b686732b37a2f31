//! The proxies, and the library that bends clocks, with which `cargo xtask faults` tests the server. Without them those
//! rounds are skipped.

use std::path::Path;

use anyhow::Result;
use xshell::{Shell, cmd};

use super::debian;
use crate::say;

const PACKAGES: [&str; 3] = ["nginx-light", "haproxy", "libfaketime"];

/// The folders in which Debian keeps libfaketime on the usual processors.
const FAKETIME: [&str; 2] = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"];

/// Installs the missing ones.
pub(crate) fn find_or_install(sh: &Shell) -> Result<()> {
    if is_there(sh) {
        return Ok(());
    }
    if !debian::install(sh, &PACKAGES)? {
        say::line("rounds with nginx, haproxy or a bent clock are skipped");
    }
    Ok(())
}

fn is_there(sh: &Shell) -> bool {
    let answers = |program| cmd!(sh, "{program} -v").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    ["nginx", "haproxy"].into_iter().all(answers) && FAKETIME.iter().any(|folder| Path::new(folder).is_dir())
}
