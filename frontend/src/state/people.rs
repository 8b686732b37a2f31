//! The people who are here, by room.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdline_shared::{Here, RoomName};

use super::Profiles;

/// The people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// Those who have an account.
    pub profiles: Profiles,
    /// The people in the rooms where this reader is.
    here: Rc<BTreeMap<RoomName, Here>>,
}

impl People {
    /// The people in a room; `None` before that is known.
    pub fn of(&self, room: &RoomName) -> Option<&Here> {
        self.here.get(room)
    }

    /// Takes what a poll said over.
    pub fn update(&mut self, rooms: BTreeMap<RoomName, Here>) {
        self.here = Rc::new(rooms);
    }
}
