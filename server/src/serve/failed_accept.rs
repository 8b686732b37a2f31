//! The reaction of every accept loop to a connection that could not be accepted.

use std::io;
use std::time::Duration;

use crate::repeated_line::RepeatedLine;

/// The pause after a failed accept, which most likely lacked file descriptors.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Warns in the server's own log that a connection could not be accepted.
pub(super) fn note_failed_accept(error: &io::Error) {
    static LINE: RepeatedLine = RepeatedLine::new();
    if let Some(times) = LINE.count(1) {
        tracing::warn!(%error, times, "connections could not be accepted; trying again");
    }
}
