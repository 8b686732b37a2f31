//! The rooms that a caller may read. No read of the hub is possible without a scope, be it a poll, a stream,
//! history, the list of rooms or presence. A scope carries a decision; its maker takes it.

use holdline_shared::RoomName;

/// The rooms that a reader may read.
///
/// The server makes one for each caller, in its operations alone. An app that embeds the hub decides itself
/// what to show to whom, and expresses the decision by the constructor that it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Rooms);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rooms {
    Every,
}

impl Scope {
    /// Allows every room, including later ones.
    pub const fn of_every_room() -> Self {
        Self(Rooms::Every)
    }

    /// Whether every room may be read, including later ones.
    pub(crate) fn allows_every_room(&self) -> bool {
        match self.0 {
            Rooms::Every => true,
        }
    }

    /// Whether this room may be read. Checked again when a held poll is answered, because the decision may
    /// change meanwhile.
    pub(crate) fn allows(&self, _room: &RoomName) -> bool {
        match self.0 {
            Rooms::Every => true,
        }
    }
}
