//! What xtask says to the person in front of it. Nothing else in this crate prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "xtask talks to a person")]

use std::io::{self, IsTerminal as _, Write as _};

/// Says what happens next, and how long it may take if that is long.
pub(crate) fn step(text: impl AsRef<str>) {
    line(bold(&format!("==> {}", text.as_ref())));
}

/// Says one line, at once: what a child prints must come after what was said before it.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
    // If standard output is gone, there is nobody left to tell.
    io::stdout().flush().unwrap_or_default();
}

/// Says, last of all, why nothing came of it.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{}", bold(&format!("==> {error:#}")));
}

/// Bold where standard output is a terminal.
fn bold(text: &str) -> String {
    if io::stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}
