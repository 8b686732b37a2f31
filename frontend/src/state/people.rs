//! The people who are here, by room.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdline_shared::{Here, RoomName};

/// The people in the rooms where this reader is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People(Rc<BTreeMap<RoomName, Here>>);

impl People {
    /// The people in a room; `None` before that is known.
    pub fn of(&self, room: &RoomName) -> Option<&Here> {
        self.0.get(room)
    }

    /// Takes what a poll said over.
    pub fn update(&mut self, rooms: BTreeMap<RoomName, Here>) {
        self.0 = Rc::new(rooms);
    }
}
