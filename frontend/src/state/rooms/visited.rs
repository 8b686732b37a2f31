//! The rooms that count as visited: those in which the reader was. The address of a room makes nothing: a room that is
//! merely looked at counts once it turns out to exist, and is made only if the reader asks for it.

use std::rc::Rc;

use holdline_shared::limits::ROOMS_LISTED;
use holdline_shared::{RoomName, Seq};

use super::{Rooms, VISITED, is_made_by_server};
use crate::state::{Phase, Room};

impl Rooms {
    /// Enters a room. It counts as visited if the list has it or the reader was there before; otherwise it is only
    /// looked at.
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

    /// Leaves all rooms but this one: none of them is joined, looked at or to be made any more.
    pub fn leave_all_but(&mut self, entered: Option<&RoomName>) {
        if self.wanted.as_ref() != entered {
            self.wanted = None;
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
    pub fn want(&mut self, name: &RoomName) {
        self.wanted = Some(name.clone());
        self.visit(name);
        self.change(name, |room, _| {
            if room.phase.is_closed() {
                room.phase = Phase::Idle;
            }
        });
    }

    /// Whether the reader has asked for this room, which neither exists nor was refused so far.
    pub fn is_wanted(&self, name: &RoomName) -> bool {
        self.wanted.as_ref() == Some(name)
    }

    /// Records that a room exists.
    pub fn confirm(&mut self, name: &RoomName) {
        if self.is_wanted(name) {
            self.wanted = None;
        }
        if self.looked_at.as_ref() == Some(name) {
            self.looked_at = None;
            self.visit(name);
        }
    }

    /// Shows a reason in place of a room. A room that is missing, or that the reader has asked for, no longer counts as
    /// visited, unless it `is_kept`.
    pub fn close(&mut self, name: &RoomName, reason: Phase, is_kept: bool) {
        let was_wanted = self.is_wanted(name);
        if was_wanted {
            self.wanted = None;
        }
        if (was_wanted || reason == Phase::Missing) && !is_kept {
            self.looked_at = Some(name.clone());
            self.forget(name);
        }
        self.change(name, |room, seen| {
            if reason == Phase::Missing {
                // A room that is made again under this name has nothing of this one.
                *room = Room::new(name.clone(), seen);
            }
            room.phase = reason;
        });
    }

    /// Whether this log had the room: the reader has seen something in it.
    pub fn had(&self, name: &RoomName) -> bool {
        self.seen.of(name) > Seq::START
    }

    /// Whether the list shows that there is no such room. The list may lack a new room whose name the server made, and
    /// one in which the reader has seen something newer than the list; a long list is cut.
    pub fn lacks(&self, name: &RoomName) -> bool {
        let is_whole = !self.list.is_empty() && self.list.len() < ROOMS_LISTED;
        let is_newer = self.seen.of(name) > self.listed_upto;
        is_whole && !is_newer && !is_made_by_server(name) && self.summary(name).is_none()
    }

    /// Whether this log had the room, and the list shows that it does not any more.
    pub fn is_deleted(&self, name: &RoomName) -> bool {
        self.had(name) && self.lacks(name)
    }

    /// Replaces the visited rooms; known rooms keep their state.
    pub fn set_visited(&mut self, mut visited: Vec<RoomName>) {
        visited.truncate(VISITED);
        self.visited = Rc::new(visited);
        self.update_known();
    }

    /// Takes a room out of the visited ones.
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
