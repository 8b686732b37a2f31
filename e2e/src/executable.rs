//! The path of the executable under test.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// A command of the executable that `HOLDLINE_BIN` names, without arguments, independent of the caller's
/// environment.
pub fn holdline() -> Result<Command> {
    let path = env::var_os("HOLDLINE_BIN").map(PathBuf::from).context(
        "HOLDLINE_BIN does not name the executable to test; `cargo xtask test` builds one and sets it",
    )?;
    // A relative path is relative to the repository, where people start tests; cargo runs them in another
    // folder.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    ensure!(
        path.is_file(),
        "HOLDLINE_BIN names {}, which is no file; `cargo xtask build` makes it and `cargo xtask test` sets it",
        path.display()
    );
    let mut command = Command::new(path);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("HOLDLINE_") || name == "RUST_LOG") {
            command.env_remove(name);
        }
    }
    Ok(command)
}
