//! The reader's standing in the rooms: their displayed names, the reader's rights, and the removal of rooms that the
//! reader may no longer read.

use std::rc::Rc;

use holdline_shared::{Person, RoomList, RoomName};

use super::{Notice, Phase, State, is_nameless, is_room_admin, keyed};
use crate::words;

impl State {
    /// Applies a fresh list. A room that the reader may no longer read disappears, with an explanation; a
    /// public one that was deleted, without.
    pub(super) fn update_list(&mut self, list: RoomList) {
        self.end_edits_of_old_log(list.cursor);
        let known = self.rooms.known().iter();
        let titles = keyed(known.map(|room| (room.name.clone(), self.title_of(&room.name))));
        for name in self.rooms.update_list(list) {
            if self.ui.page.room() == Some(&name) {
                let why = words::ROOM_IS_LOST.to_owned();
                self.rooms.change(&name, |room, _| room.phase = Phase::Refused(why));
            } else if let Some(title) = titles.get(&name) {
                self.rooms.forget(&name);
                self.ui.notice = Some(Notice::News(words::room_is_lost(title)));
            }
        }
        for name in &*Rc::clone(&self.rooms.visited) {
            if self.rooms.is_deleted(name) && self.ui.page.room() != Some(name) && !self.has_written(name) {
                self.rooms.forget(name);
            }
        }
    }

    /// Signs the reader in. A session may have ended and another one begun, at an open door without a question: what the
    /// reader wrote as somebody else is not sent under the new name by itself.
    pub(super) fn sign_in(&mut self, me: Person) {
        if let Some(before) = self.session.me.as_ref().filter(|before| before.id != me.id) {
            self.outbox.hold_back(&words::written_as(before.name.as_str()));
            self.ui.notice = Some(Notice::News(words::other_session(before.name.as_str(), me.name.as_str())));
        }
        self.session.me = Some(me);
        self.session.gate = None;
    }

    /// Notes the people of a direct room. The server knows guests by their ids alone; the page may have met them.
    pub(super) fn note_room_people(&mut self, room: RoomName, mut people: Vec<Person>) {
        for person in people.iter_mut().filter(|person| is_nameless(person)) {
            if let Some(name) = self.people.names.last_of(&person.id) {
                person.name = name.clone();
            }
        }
        Rc::make_mut(&mut self.rooms.people).insert(room, people);
    }

    /// Whether the reader may change the room on the screen, its members and the messages of others.
    pub fn is_room_admin(&self) -> bool {
        self.room().is_some_and(|room| is_room_admin(&self.rooms.standing(&room.name), &self.session))
    }

    /// The displayed name of a room.
    pub fn title_of(&self, name: &RoomName) -> String {
        self.rooms.title(name, self.session.id())
    }
}
