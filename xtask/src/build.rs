//! `cargo xtask build`: makes `target/release/holdline` with the browser client inside, the one file a user needs.

pub(crate) mod client;
mod first_load;
mod precompress;

use anyhow::Result;
use xshell::Shell;

use crate::{paths, say, setup, shell};

/// Sets up, builds the client if its sources have changed, then the server that embeds it.
pub(crate) fn command(sh: &Shell) -> Result<()> {
    let tools = setup::client(sh)?;
    client::build(sh, &tools)?;
    say::step("building the server; the first time takes three minutes");
    shell::cargo(sh)
        .args(["build", "--release", "--package", "holdline_server"])
        // The server's build script embeds the folder that this names.
        .env("HOLDLINE_CLIENT", paths::dist())
        .run()?;
    say::line(format!("built {}", paths::executable().display()));
    Ok(())
}
