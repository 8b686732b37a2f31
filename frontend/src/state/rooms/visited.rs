//! The rooms that count as visited: those in which the reader was. The address of a room makes nothing: a room that is
//! merely looked at counts once it turns out to exist, and is made only if the reader asks for it.

use std::rc::Rc;

use holdline_shared::RoomName;
use holdline_shared::limits::ROOMS_LISTED;

use super::{Rooms, VISITED, is_made_by_server};
use crate::state::{Phase, Room};

impl Rooms {
    /// Enters a room: looks at it, and follows it if it exists.
    pub fn enter(&mut self, name: &RoomName) {
        let exists = self.summary(name).is_some();
        self.looked_at = None;
        if exists || self.visited.contains(name) {
            self.visit(name);
        } else {
            self.looked_at = Some(name.clone());
            self.update_known();
        }
        self.change(name, |room, _| match room.phase {
            // The list says that the room exists, so it is polled before its history is requested.
            Phase::Idle | Phase::Refused(_) if exists => room.phase = Phase::Joining,
            Phase::Missing | Phase::Refused(_) => room.phase = Phase::Idle,
            _ => {}
        });
    }

    /// Stops joining all rooms but this one: nobody waits for their history any more.
    pub fn leave_all_but(&mut self, entered: Option<&RoomName>) {
        if self.to_make.as_ref() != entered {
            self.to_make = None;
        }
        if self.looked_at.as_ref() != entered {
            self.looked_at = None;
            self.update_known();
        }
        for room in &mut self.known {
            if room.phase == Phase::Joining && Some(&room.name) != entered {
                Rc::make_mut(room).must_rejoin();
            }
        }
    }

    /// Records that the reader wants this room, also if it has to be made. If it is closed, it is joined again. It
    /// counts as visited, because some browsers load the page anew on the way to it.
    pub fn ask_for(&mut self, name: &RoomName) {
        self.to_make = Some(name.clone());
        self.visit(name);
        self.change(name, |room, _| {
            if room.phase.is_closed() {
                room.phase = Phase::Idle;
            }
        });
    }

    /// Whether the reader has asked for this room, which neither exists nor was refused so far.
    pub fn is_asked_for(&self, name: &RoomName) -> bool {
        self.to_make.as_ref() == Some(name)
    }

    /// Records that a room exists.
    pub fn confirm(&mut self, name: &RoomName) {
        if self.is_asked_for(name) {
            self.to_make = None;
        }
        if self.looked_at.as_ref() == Some(name) {
            self.looked_at = None;
            self.visit(name);
        }
    }

    /// Shows a reason in place of a room.
    pub fn close(&mut self, name: &RoomName, reason: Phase) {
        if self.is_asked_for(name) {
            self.to_make = None;
            self.looked_at = Some(name.clone());
            self.forget(name);
        }
        self.change(name, |room, _| room.phase = reason);
    }

    /// Shows that the room on the screen does not exist. Unless it `is_kept`, it does not count as visited any more.
    pub fn miss(&mut self, name: &RoomName, is_kept: bool) {
        if !is_kept {
            self.looked_at = Some(name.clone());
            self.forget(name);
        }
        self.close(name, Phase::Missing);
    }

    /// Whether the list shows that there is no such room. Of rooms with names that only the server makes, the list may
    /// not know yet.
    pub fn lacks(&self, name: &RoomName) -> bool {
        let is_whole = !self.list.is_empty() && self.list.len() < ROOMS_LISTED;
        is_whole && !is_made_by_server(name) && self.summary(name).is_none()
    }

    /// Replaces the visited rooms; known rooms keep their state.
    pub fn set_visited(&mut self, mut visited: Vec<RoomName>) {
        visited.truncate(VISITED);
        self.visited = Rc::new(visited);
        self.update_known();
    }

    /// Forgets a room.
    pub fn forget(&mut self, name: &RoomName) {
        let visited = self.visited.iter().filter(|visited| *visited != name).cloned().collect();
        self.set_visited(visited);
    }

    /// Puts a room at the beginning of those that were visited.
    fn visit(&mut self, name: &RoomName) {
        let mut visited = Vec::clone(&self.visited);
        visited.retain(|other| other != name);
        visited.insert(0, name.clone());
        self.set_visited(visited);
    }

    /// Forgets the state of rooms that are neither visited nor looked at, and makes one for each that is new.
    fn update_known(&mut self) {
        let (visited, looked_at) = (Rc::clone(&self.visited), self.looked_at.clone());
        let names = || visited.iter().chain(&looked_at);
        self.known.retain(|room| names().any(|name| *name == room.name));
        for name in names() {
            if let Err(at) = self.place_of(name) {
                self.known.insert(at, Rc::new(Room::new(name.clone(), self.seen.of(name))));
            }
        }
    }
}
