//! Messages to the user on standard error. Never results, which are printed on standard output.

use std::fmt::Display;

use crate::printable::printable_line;
use crate::stderr;

/// Prints one line, escaped, and waits briefly until it is written, so that it precedes later output. A closed standard
/// error is not an error.
pub(crate) fn say(line: impl Display) {
    let line = printable_line(&line.to_string(), "          ");
    stderr::write(format!("holdline: {line}\n").into_bytes());
    stderr::flush();
}
