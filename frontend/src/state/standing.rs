//! The reader's standing in the rooms: their displayed names, the reader's rights, and the removal of rooms that the
//! reader may no longer read.

use std::rc::Rc;

use holdline_shared::{RoomList, RoomName};

use super::{Notice, Phase, State, is_room_admin, keyed};
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

    /// Whether the reader may change the room on the screen, its members and the messages of others.
    pub fn is_room_admin(&self) -> bool {
        self.room().is_some_and(|room| is_room_admin(&self.rooms.standing(&room.name), &self.session))
    }

    /// The displayed name of a room.
    pub fn title_of(&self, name: &RoomName) -> String {
        self.rooms.title(name, self.session.id())
    }
}
