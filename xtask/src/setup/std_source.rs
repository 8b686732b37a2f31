//! The standard library's source, from which the client's own copy of it is built: smaller, because it says nothing
//! when it panics. Without it the client is built with the standard library as it comes, and is a tenth heavier.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{say, shell};

/// A download of 4 MB.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

/// Whether the toolchain (none is the ordinary one) can build its standard library for the client; adds the source by
/// rustup where it is missing.
pub(crate) fn find_or_add(sh: &Shell, toolchain: Option<&'static str>) -> Result<bool> {
    if !can_abort_at_once(sh, toolchain) {
        return Ok(false);
    }
    if !is_there(sh, toolchain) && toolchain.is_none() && shell::answers(sh, "rustup") {
        say::step("adding the source of the standard library; this takes some seconds");
        let mut add = Command::new("rustup");
        add.args(["component", "add", "rust-src"]).env("RUSTUP_MAX_RETRIES", "0");
        shell::succeeds_within(&mut add, DOWNLOAD_LIMIT)?;
    }
    Ok(is_there(sh, toolchain))
}

fn is_there(sh: &Shell, toolchain: Option<&'static str>) -> bool {
    let sysroot = rustc(sh, toolchain, &["--print", "sysroot"]);
    sysroot
        .is_some_and(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").exists())
}

/// The flags are not stable; a compiler that has them under other names, or not at all, builds the ordinary way.
fn can_abort_at_once(sh: &Shell, toolchain: Option<&'static str>) -> bool {
    rustc(
        sh,
        toolchain,
        &["-Zunstable-options", "-Cpanic=immediate-abort", "-Zfmt-debug=none", "--print", "sysroot"],
    )
    .is_some()
}

fn rustc(sh: &Shell, toolchain: Option<&'static str>, arguments: &[&str]) -> Option<String> {
    let mut command = cmd!(sh, "rustc").args(arguments).env("RUSTC_BOOTSTRAP", "1").quiet().ignore_stderr();
    if let Some(toolchain) = toolchain {
        command = command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command.read().ok()
}
