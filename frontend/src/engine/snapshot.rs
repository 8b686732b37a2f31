//! Saves the screen for the next page in this tab, and restores the screen of the previous one if the server is
//! unreachable.

use holdline_shared::RoomName;

use super::driver::Driver;
use super::store::Store;
use crate::api;
use crate::state::{Snapshot, State};
use crate::wire::snapshot as wire;

/// Saves the screen for the next page.
pub(super) fn leave(state: &State, driver: &Driver) {
    let snapshot = driver.position().and_then(|position| Snapshot::of(state, position, api::wall_clock()));
    if let Some(snapshot) = snapshot {
        api::keep_for_reload(&wire::write_snapshot(snapshot));
    }
}

/// Loads the snapshot of this room that the previous page has saved, if this page has nothing to show yet.
pub(super) fn recall(store: &Store, driver: &Driver, room: &RoomName) -> Option<Snapshot> {
    let is_empty = store.state().rooms.get(room).is_none_or(|room| room.lines.is_empty());
    let snapshot = wire::read_snapshot(&api::kept_for_reload()?)?;
    (is_empty && !driver.is_started() && snapshot.room == *room).then_some(snapshot)
}
