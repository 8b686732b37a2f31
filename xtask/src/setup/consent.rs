//! Asks before anything outside of this repository and the user's own folders is changed. `--yes` agrees to everything,
//! and so does the variable `CI`.

use std::io::{self, BufRead, IsTerminal as _};

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
    let agreed = sh.var_os(AGREED).is_some();
    let person = io::stdin().is_terminal().then(|| io::stdin().lock());
    ask(change, agreed, person)
}

fn ask(change: &str, agreed: bool, person: Option<impl BufRead>) -> Result<bool> {
    if agreed {
        return Ok(true);
    }
    let Some(mut person) = person else {
        say::line(format!("this would {change} on this machine: run `cargo xtask --yes …` to agree"));
        return Ok(false);
    };
    say::line(format!("May I {change} on this machine? [y/N]"));
    let mut answer = String::new();
    person.read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed_without_agreement() {
        assert!(!ask("install it", false, None::<&[u8]>).unwrap());
        for no in ["", "\n", "n\n", "what?\n"] {
            assert!(!ask("install it", false, Some(no.as_bytes())).unwrap(), "{no:?}");
        }
        assert!(ask("install it", false, Some("y\n".as_bytes())).unwrap());
        assert!(ask("install it", true, None::<&[u8]>).unwrap());
    }

    #[test]
    fn agreement_is_kept_in_the_shell() {
        let sh = Shell::new().unwrap();
        give(&sh);
        assert!(is_given(&sh, "install it").unwrap());
    }
}
