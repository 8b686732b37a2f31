//! The people present, by room.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdline_shared::{Door, Here, PersonId, RoomName};

use super::{Names, Profiles};

/// The people present and the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// The people who have an account.
    pub profiles: Profiles,
    /// The names of the people whom the page has met.
    pub names: Names,
    /// The people present in the rooms where the reader is.
    here: Rc<BTreeMap<RoomName, Here>>,
    /// The last person who appeared without a known account: perhaps a new member or bot.
    pub newcomer: Option<PersonId>,
}

impl People {
    /// The people present in a room; `None` until they are known.
    pub fn of(&self, room: &RoomName) -> Option<&Here> {
        self.here.get(room)
    }

    /// Records an author as a newcomer if they are neither present in the room nor have a known account.
    pub fn note_newcomer(&mut self, room: &RoomName, author: &PersonId) {
        let is_absent = |here: &Here| {
            here.count == here.people.len() && here.people.iter().all(|person| person.id != *author)
        };
        if self.of(room).is_some_and(is_absent) && self.profiles.get(author).is_none() {
            self.newcomer = Some(author.clone());
        }
    }

    fn is_here(&self, id: &PersonId) -> bool {
        self.here.values().flat_map(|here| &here.people).any(|person| person.id == *id)
    }

    /// Applies the presence that a poll brought. At a door that lets in only accounts, a person who appears without a
    /// known account is a newcomer; elsewhere most are guests, and the list of accounts is not requested for each.
    pub fn update(&mut self, rooms: BTreeMap<RoomName, Here>, door: Option<Door>) {
        if matches!(door, Some(Door::Invite | Door::Proxy)) && self.profiles.all().next().is_some() {
            let mut people = rooms.values().flat_map(|here| &here.people).map(|person| &person.id);
            let appeared = people.find(|id| self.profiles.get(id).is_none() && !self.is_here(id)).cloned();
            self.newcomer = appeared.or(self.newcomer.take());
        }
        for (room, here) in &rooms {
            for person in &here.people {
                self.names.note(person);
                // Who is in a room when the page first looks is no newer than the list.
                if self.of(room).is_some() && !self.is_here(&person.id) {
                    self.profiles.note_newer(&person.id);
                }
            }
        }
        self.here = Rc::new(rooms);
    }
}
