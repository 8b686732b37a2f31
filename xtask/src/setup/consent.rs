//! Asks before anything outside of this repository and the user's own folders is changed. `--yes` agrees to everything,
//! and so does the variable `CI`.

use std::io::{self, IsTerminal as _};

use anyhow::Result;
use xshell::Shell;

use crate::say;

/// Set in the shell's environment when the person has agreed to everything.
const AGREED: &str = "HOLDLINE_XTASK_YES";

/// Agrees to everything from now on.
pub(crate) fn give(sh: &Shell) {
    sh.set_var(AGREED, "1");
}

/// Whether the person agrees to this change of their machine.
pub(crate) fn is_given(sh: &Shell, change: &str) -> Result<bool> {
    if sh.var_os(AGREED).is_some() {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        say::line(format!("this would {change} on this machine: run `cargo xtask --yes …` to agree"));
        return Ok(false);
    }
    say::line(format!("May I {change} on this machine? [y/N]"));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
