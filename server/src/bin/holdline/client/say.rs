//! Lines for the person at the terminal, on standard error. Never results: those belong on standard output.

use std::fmt::Display;
use std::io::Write as _;

/// Says one line. Where nobody can hear it, that is no reason to stop.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "holdline: {line}");
}
