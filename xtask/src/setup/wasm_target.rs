//! The compiler's target for the browser: installed already, or from rustup, or built from Debian's sources.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use super::std_library::{TARGET, has_std};
use super::{debian, fallback_std};
use crate::{say, shell};

/// A download of 20 MB takes seconds; behind a closed firewall a connection may hang for ever.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

/// Finds the toolchain that has the target; none is the default one.
pub(crate) fn find_or_install(sh: &Shell, cache: &Path) -> Result<Option<&'static str>> {
    if is_there(sh) {
        return Ok(None);
    }
    if fallback_std::is_there(sh) {
        return Ok(Some(fallback_std::TOOLCHAIN));
    }
    say::step(format!("adding the compiler's target {TARGET}; this takes some seconds"));
    if shell::answers(sh, "rustup") {
        let mut add = Command::new("rustup");
        // One try: an unreachable server stays so, and Debian may have a compiler.
        add.args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "0");
        if shell::succeeds_within(&mut add, DOWNLOAD_LIMIT)? && is_there(sh) {
            return Ok(None);
        }
    }
    if !debian::can_install(sh) || !shell::answers(sh, "rustup") {
        bail!(
            "the compiler lacks {TARGET}, and rustup could not bring it. By hand: rustup target add {TARGET}; \
             a distribution's own Rust has a package for it (Debian: libstd-rust-dev-wasm32)"
        );
    }
    fallback_std::install(sh, cache)?;
    Ok(Some(fallback_std::TOOLCHAIN))
}

/// Whether the default toolchain has the target's standard library.
fn is_there(sh: &Shell) -> bool {
    let folder = cmd!(sh, "rustc --print target-libdir --target {TARGET}").quiet().ignore_stderr().read();
    folder.is_ok_and(|folder| has_std(&PathBuf::from(folder)))
}
