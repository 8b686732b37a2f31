//! Checks for a C compiler, which setup does not install. And reads the version of wasm-bindgen.

use std::env;

use anyhow::{Context as _, Result, ensure};
use xshell::Shell;

use crate::shell;

/// Names a missing C compiler clearly, before a build script fails obscurely.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    ensure!(
        shell::answers(sh, &compiler),
        "no C compiler: `{compiler}` does not run, and SQLite is compiled from C. \
         On Debian or Ubuntu: apt-get install -y build-essential; on macOS: xcode-select --install"
    );
    Ok(())
}

/// The version of wasm-bindgen in Cargo.lock; the command-line tool must be the same, so it is read from there.
pub(crate) fn wasm_bindgen_version(sh: &Shell) -> Result<String> {
    let lock = sh.read_file("Cargo.lock")?;
    version_in(&lock, "wasm-bindgen").context("Cargo.lock has no package wasm-bindgen")
}

/// The version of this package in a lock file.
fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn version_is_that_of_the_package_with_exactly_this_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\nsource = \"x\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
