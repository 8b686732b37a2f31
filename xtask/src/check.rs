//! `cargo xtask check`: the quick steps of `test`, in a minute or two.

use anyhow::Result;
use xshell::Shell;

use crate::steps::{self, Context};
use crate::{setup, test};

/// Runs them.
pub(crate) fn command(sh: &Shell, keep_going: bool) -> Result<()> {
    let context = Context { sh, tools: setup::client(sh)? };
    let quick = steps::ALL.iter().filter(|step| steps::CHECK.contains(&step.name));
    test::run(&context, quick, keep_going)
}
