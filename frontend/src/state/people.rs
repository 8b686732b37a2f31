//! The people who are here, by room.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdline_shared::{Here, PersonId, RoomName};

use super::Profiles;

/// The people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// Those who have an account.
    pub profiles: Profiles,
    /// The people in the rooms where this reader is.
    here: Rc<BTreeMap<RoomName, Here>>,
    /// Whoever wrote last without being here and without an account that the page knows of: perhaps a new bot.
    pub newcomer: Option<PersonId>,
}

impl People {
    /// The people in a room; `None` before that is known.
    pub fn of(&self, room: &RoomName) -> Option<&Here> {
        self.here.get(room)
    }

    /// Notes who wrote in a room, if the page cannot know what they are.
    pub fn note_author(&mut self, room: &RoomName, author: &PersonId) {
        let is_absent = |here: &Here| {
            here.count == here.people.len() && here.people.iter().all(|person| person.id != *author)
        };
        if self.of(room).is_some_and(is_absent) && self.profiles.get(author).is_none() {
            self.newcomer = Some(author.clone());
        }
    }

    /// Takes what a poll said over.
    pub fn update(&mut self, rooms: BTreeMap<RoomName, Here>) {
        self.here = Rc::new(rooms);
    }
}
