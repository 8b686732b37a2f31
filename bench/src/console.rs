//! Prints for the person who runs the bench. Nothing else in this crate prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the bench talks to a person")]

use std::io::{self, Write as _};

/// Prints a line of the result.
pub(crate) fn print(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
    // If standard output is gone, nobody is left to tell.
    io::stdout().flush().unwrap_or_default();
}

/// Prints progress, apart from the result.
pub(crate) fn note(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}
