//! Real reverse proxies as child processes, with all of their files in a temporary folder.

mod haproxy;
mod nginx;
mod process;

use std::process::{Command, Stdio};

pub(crate) use self::haproxy::haproxy;
pub(crate) use self::nginx::{Upstream, nginx};
pub(crate) use self::process::ReverseProxy;

/// Whether this program is installed.
pub(crate) fn is_installed(program: &str) -> bool {
    let asked = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}
