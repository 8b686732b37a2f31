//! The rooms that a caller may read. No read of the hub or of the log is possible without a scope, be it a poll, a stream,
//! history, the list of rooms or presence. A scope carries a decision; its maker takes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use holdline_shared::{RoomName, RoomSelection};
use parking_lot::RwLock;

/// The rooms that a reader may read.
///
/// The server makes one for each caller, in its operations alone. An app that embeds the hub decides itself
/// what to show to whom, and expresses the decision by the constructor that it calls.
#[derive(Debug, Clone)]
pub struct Scope(Rooms);

#[derive(Debug, Clone)]
enum Rooms {
    Every,
    Some(Arc<RwLock<BTreeSet<RoomName>>>),
}

/// The scope of the hub itself, for reads that are shown to nobody.
pub(crate) const EVERY_ROOM: &Scope = &Scope::of_every_room();

impl Scope {
    /// Allows every room, including later ones.
    pub const fn of_every_room() -> Self {
        Self(Rooms::Every)
    }

    /// These rooms alone, whether they exist or not.
    pub fn of_rooms(rooms: impl IntoIterator<Item = RoomName>) -> Self {
        Self(Rooms::Some(Arc::new(RwLock::new(rooms.into_iter().collect()))))
    }

    /// Takes a room out of this scope and its clones, those of held polls included. One of every room stays as it is. Polls
    /// that are held hear of it by [`Hub::scopes_changed`](crate::hub::Hub::scopes_changed).
    pub fn revoke(&self, room: &RoomName) {
        if let Rooms::Some(rooms) = &self.0 {
            rooms.write().remove(room);
        }
    }

    /// Whether every room may be read, including later ones.
    pub(crate) fn allows_every_room(&self) -> bool {
        matches!(self.0, Rooms::Every)
    }

    /// Whether this room may be read. Checked again when a held poll is answered, because the decision may
    /// change meanwhile.
    pub(crate) fn allows(&self, room: &RoomName) -> bool {
        match &self.0 {
            Rooms::Every => true,
            Rooms::Some(rooms) => rooms.read().contains(room),
        }
    }

    /// The names of the rooms; `None` for every room.
    pub(crate) fn names(&self) -> Option<Vec<RoomName>> {
        match &self.0 {
            Rooms::Every => None,
            Rooms::Some(rooms) => Some(rooms.read().iter().cloned().collect()),
        }
    }

    /// The part of a selection that may be read.
    pub(crate) fn narrow(&self, rooms: RoomSelection) -> RoomSelection {
        match (rooms, self.names()) {
            (rooms, None) => rooms,
            (RoomSelection::All, Some(names)) => RoomSelection::Named(names),
            (RoomSelection::Named(mut rooms), Some(names)) => {
                rooms.retain(|room| names.contains(room));
                RoomSelection::Named(rooms)
            }
        }
    }
}
