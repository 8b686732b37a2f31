//! Confirmation of what cannot be undone: on a terminal by typing the name, elsewhere by `--yes`.

use std::io::IsTerminal as _;

use anyhow::{Context, ensure};
use clap::Args;

use crate::client::say;

/// The option that takes the place of the question.
#[derive(Args)]
pub(super) struct Confirmation {
    /// Do not ask again
    #[arg(long)]
    yes: bool,
}

impl Confirmation {
    /// Asks for the name, which nobody types by mistake, unless `--yes` was given.
    pub(super) fn expect(&self, act: &str, name: &str) -> anyhow::Result<()> {
        if self.yes {
            return Ok(());
        }
        ensure!(std::io::stdin().is_terminal(), "{act} cannot be undone; --yes confirms it");
        say(format_args!("{act} cannot be undone; type the name to confirm it: {name}"));
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("cannot read standard input")?;
        ensure!(line.trim() == name, "that is another name; nothing was changed");
        Ok(())
    }
}
