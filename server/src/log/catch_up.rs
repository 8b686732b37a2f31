//! Tells a new follower of the entries that it has not seen yet.

use holdline_shared::Seq;

use super::engine::{Chunk, Follower, LogEvent};
use super::error::LogError;

/// Tells `follower` of every entry after `after`, of every room. Nothing may be appended meanwhile.
pub(super) fn catch_up(
    mut after: Seq,
    follower: &Follower,
    mut read: impl FnMut(Seq) -> Result<Chunk, LogError>,
) -> Result<(), LogError> {
    loop {
        let chunk = read(after)?;
        if chunk.upto <= after {
            return Ok(());
        }
        if !chunk.entries.is_empty() {
            follower(LogEvent::Appended(&chunk.entries));
        }
        after = chunk.upto;
    }
}
