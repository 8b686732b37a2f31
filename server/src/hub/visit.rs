//! A person's being in some rooms for the length of one poll.

use std::sync::Arc;
use std::task::Waker;

use holdline_shared::{Person, PersonId, Presence, PresenceTag, RoomName};

use super::Hub;
use super::presence::Stay;
use super::waiters::Place;

/// Somebody is here, until this is dropped and for a grace after. Also what they know of who else is.
pub struct Visit {
    hub: Arc<Hub>,
    rooms: Vec<RoomName>,
    person: PersonId,
    stays: Vec<Stay>,
    known: Option<PresenceTag>,
}

impl Hub {
    /// Marks `person` as here in `rooms`; those that do not exist are passed over. `known` is the tag of the presence
    /// that they were told last.
    pub fn visit(
        self: &Arc<Self>,
        person: &Person,
        rooms: Vec<RoomName>,
        known: Option<PresenceTag>,
    ) -> Visit {
        let rooms: Vec<_> = rooms.into_iter().filter(|room| self.room(room).is_some()).collect();
        let stays = self.attendance.arrive(&rooms, person);
        Visit { hub: self.clone(), rooms, person: person.id.clone(), stays, known }
    }

    /// Ends this person's presence everywhere, without grace.
    pub fn leave(&self, person: &PersonId) {
        self.attendance.leave(person);
    }

    /// Makes sure that `waker` is called when presence in a room changes. To be done before looking.
    pub(super) fn join_presence(
        &self,
        room: &RoomName,
        place: Option<Place>,
        waker: &Waker,
    ) -> Option<Place> {
        self.attendance.join(room, place, waker)
    }

    /// Gives a place in a presence list back.
    pub(super) fn quit_presence(&self, room: &RoomName, place: Place) {
        self.attendance.quit(room, place);
    }

    /// Lets everyone know of this person's new nickname.
    pub fn rename(&self, person: &Person) {
        self.attendance.rename(person);
    }
}

impl Visit {
    /// Whether presence is not what the visitor knows.
    pub(super) fn has_news(&self) -> bool {
        self.known.as_ref() != Some(&self.hub.attendance.tag(&self.rooms))
    }

    /// Presence, when it is not what the visitor knows.
    pub(super) fn news(&self) -> Option<Presence> {
        self.hub.attendance.news(&self.rooms, self.known.as_ref())
    }

    /// The rooms that are visited.
    pub(super) fn rooms(&self) -> &[RoomName] {
        &self.rooms
    }

    pub(super) fn watch(&self) -> VisitWatch<'_> {
        VisitWatch { visit: self, places: vec![None; self.rooms.len()] }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.hub.attendance.release(&self.rooms, &self.stays, &self.person);
    }
}

/// Places in the presence lists of the visited rooms, left when dropped.
pub(super) struct VisitWatch<'a> {
    visit: &'a Visit,
    places: Vec<Option<Place>>,
}

impl VisitWatch<'_> {
    /// Makes sure that `waker` is called when presence changes. To be done before looking.
    pub(super) fn register(&mut self, waker: &Waker) {
        for (room, place) in self.visit.rooms.iter().zip(&mut self.places) {
            *place = self.visit.hub.join_presence(room, *place, waker);
        }
    }
}

impl Drop for VisitWatch<'_> {
    fn drop(&mut self) {
        for (room, place) in self.visit.rooms.iter().zip(&self.places) {
            if let Some(place) = place {
                self.visit.hub.quit_presence(room, *place);
            }
        }
    }
}
