//! `cargo xtask check`: what a change must pass before anyone looks at it, in a minute or two.

use anyhow::Result;
use xshell::Shell;

use crate::steps::{self, Bench};
use crate::{setup, test};

/// Runs the quick steps of `test`.
pub(crate) fn command(sh: &Shell, keep_going: bool) -> Result<()> {
    let bench = Bench { sh, tools: setup::client(sh)? };
    let quick = steps::ALL.iter().filter(|step| steps::CHECK.contains(&step.name));
    test::run(&bench, quick, keep_going)
}
