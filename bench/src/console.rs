//! What is said to the person in front of it. Nothing else in this crate prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]

use std::io::{self, Write as _};

/// A line of the result.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
    // If standard output is gone, there is nobody left to tell.
    io::stdout().flush().unwrap_or_default();
}

/// What goes on meanwhile, apart from the result.
pub(crate) fn aside(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}

/// Says, last of all, why nothing came of it.
pub fn say_error(error: &anyhow::Error) {
    aside(format!("{error:#}"));
}
