//! Tells a new follower of the entries that it has not seen yet.

use holdline_shared::{RoomSelection, Seq};

use super::engine::{Chunk, Follower, LogEvent};
use super::error::LogError;

/// Tells `follower` of every entry after `after`. Nothing may be appended meanwhile.
pub(super) fn catch_up(
    mut after: Seq,
    follower: &Follower,
    mut read: impl FnMut(&RoomSelection, Seq) -> Result<Chunk, LogError>,
) -> Result<(), LogError> {
    loop {
        let chunk = read(&RoomSelection::All, after)?;
        if chunk.upto <= after {
            return Ok(());
        }
        if !chunk.entries.is_empty() {
            follower(LogEvent::Appended(&chunk.entries));
        }
        after = chunk.upto;
    }
}
