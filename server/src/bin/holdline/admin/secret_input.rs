//! Passwords from the terminal, where they are not shown, or from standard input. Never from the command line, which other
//! users of the machine can see.

use std::io::IsTerminal as _;

use anyhow::{Context, ensure};

/// Reads a new password: twice from the terminal, or the first line of standard input. `None` if it is empty.
pub(super) fn read_new_password(prompt: &str) -> anyhow::Result<Option<String>> {
    let password = if std::io::stdin().is_terminal() {
        let read = |prompt: &str| rpassword::prompt_password(prompt).context("cannot read from the terminal");
        let password = read(&format!("{prompt}: "))?;
        ensure!(password.is_empty() || read("The same again: ")? == password, "the two are not the same");
        password
    } else {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).context("cannot read standard input")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok((!password.is_empty()).then_some(password))
}
