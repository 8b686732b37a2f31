//! The rooms that somebody may read. No read of the hub is possible without a scope, be it a poll, a stream, history, the list of
//! rooms or presence. Decides nothing: whoever makes a scope has decided.

use holdline_shared::RoomName;

/// The rooms that a reader may read.
///
/// The server makes one for each caller, in its operations alone. An app that embeds the hub decides by itself whom it shows
/// what, and says so by the name of the scope that it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Rooms);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rooms {
    Every,
}

impl Scope {
    /// Every room, those to come included.
    pub const fn of_every_room() -> Self {
        Self(Rooms::Every)
    }

    /// Whether every room may be read, those to come included.
    pub(crate) fn allows_every_room(&self) -> bool {
        match self.0 {
            Rooms::Every => true,
        }
    }

    /// Whether this room may be read. Asked again when a held poll is answered, as the answer may change meanwhile.
    pub(crate) fn allows(&self, _room: &RoomName) -> bool {
        match self.0 {
            Rooms::Every => true,
        }
    }
}
