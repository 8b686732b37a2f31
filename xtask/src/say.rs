//! Prints for the person who runs xtask. Nothing else in this crate prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "xtask talks to a person")]

use std::io::{self, IsTerminal as _, Write as _};

/// Prints the next step, with its duration if that is long.
pub(crate) fn step(text: impl AsRef<str>) {
    line(bold(&format!("==> {}", text.as_ref())));
}

/// Prints one line at once: the output of a child must come after it.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
    // If standard output is gone, nobody is left to tell.
    io::stdout().flush().unwrap_or_default();
}

/// Prints the error that ends the program.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{}", bold(&format!("==> {error:#}")));
}

/// The text in bold, where standard output is a terminal.
fn bold(text: &str) -> String {
    if io::stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}
