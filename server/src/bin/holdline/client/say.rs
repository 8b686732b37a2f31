//! Lines for the person at the terminal, on standard error. Never results: those belong on standard output.

use std::fmt::Display;

use crate::printable::printable_line;
use crate::stderr;

/// Says one line, whatever is in it, and waits a moment for it to be written, so that it stands before what is printed
/// next. Where nobody can hear it, that is no reason to stop.
pub(crate) fn say(line: impl Display) {
    let line = printable_line(&line.to_string(), "          ");
    stderr::write(format!("holdline: {line}\n").into_bytes());
    stderr::flush();
}
