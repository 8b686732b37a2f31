//! Everything that the page knows, and the one function by which it changes. Fed by entries, pages of history,
//! statuses and what people do; knows no browser, no clock and no network, so all of it is tested on the host.

mod action;
mod colour;
mod connection;
mod line;
mod lines;
mod list;
mod locale;
mod outbox;
mod room;
mod route;
mod rows;
#[cfg(test)]
pub(crate) mod samples;
mod saved;
pub mod tabs;
mod window;
mod words;

use std::rc::Rc;

use holdline_shared::{Batch, Cursor, EntryKind, Here, Person, PersonId, RoomName, RoomSummary, Seq};

pub use action::Action;
pub use colour::{HUES, hue, initial};
pub use connection::{Connection, status_word};
pub use line::Line;
pub use lines::Lines;
pub use list::{Listed, listed, unread};
#[cfg(any(test, not(target_arch = "wasm32")))]
pub use locale::utc;
pub use locale::{Day, Locale};
pub use outbox::{Outbox, Progress, Sending};
pub use room::{Gap, Older, Phase, Room};
pub use route::{Route, href, typed_room};
pub use rows::{Row, rows};
pub use saved::{Saved, Seen, visited_to_json};
pub use window::Window;
pub use words::{Piece, pieces};

/// Rooms that are followed because they were visited in this browser; more would make every poll long.
pub const VISITED: usize = 20;

/// Everything that the page knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Who I am; `None` before there is a session.
    pub me: Option<Person>,
    /// The page that the address bar names.
    pub route: Route,
    /// The room on the screen, if that page is one.
    pub current: Option<RoomName>,
    /// The rooms visited in this browser, the last one first; at most [`VISITED`].
    pub visited: Rc<Vec<RoomName>>,
    /// What is known of those visited, in order of their names.
    pub rooms: Vec<Rc<Room>>,
    /// The server's list of rooms.
    pub list: Rc<Vec<RoomSummary>>,
    /// Who is here, by room.
    pub presence: Rc<Vec<(RoomName, Here)>>,
    /// What is on its way.
    pub outbox: Outbox,
    /// The connection.
    pub connection: Connection,
    /// Something to tell the reader: why what they wanted was not done.
    pub notice: Option<String>,
    /// Whether the server is newer than this page, which may not show everything then.
    pub is_outdated: bool,
    /// How far each room was seen, also those that are not followed; of the log at this cursor.
    pub seen: Rc<Seen>,
}

impl State {
    /// The state of a page that begins with what storage had kept.
    pub fn restore(saved: Saved) -> Self {
        let mut state = Self {
            outbox: Outbox::restore(saved.outbox),
            seen: Rc::new(saved.seen),
            visited: Rc::new(saved.visited.into_iter().take(VISITED).collect()),
            ..Self::default()
        };
        for name in Rc::clone(&state.visited).iter() {
            state.know(name);
        }
        state
    }

    /// Where others see me: in the room on the screen, once they can know who I am.
    pub fn here(&self) -> Option<RoomName> {
        self.current.clone().filter(|_| self.me.is_some())
    }

    /// The room on the screen.
    pub fn room(&self) -> Option<&Rc<Room>> {
        self.room_called(self.current.as_ref()?)
    }

    /// Who is in a room.
    pub fn present(&self, name: &RoomName) -> Option<&Here> {
        self.presence.iter().find(|(room, _)| room == name).map(|(_, here)| here)
    }

    /// What is known of a room that was visited.
    pub fn room_called(&self, name: &RoomName) -> Option<&Rc<Room>> {
        self.place_of(name).ok().map(|at| &self.rooms[at])
    }

    /// How far a room was seen.
    pub fn seen(&self, name: &RoomName) -> Seq {
        self.seen.of(name)
    }

    /// The rooms to poll: the one on the screen, and visited ones of which we know that they exist.
    pub fn followed(&self) -> Vec<RoomName> {
        let is_listed = |name: &RoomName| self.list.iter().any(|summary| summary.name == *name);
        let is_followed = |room: &Room| match room.phase {
            Phase::Joining | Phase::Ready => true,
            Phase::Idle => self.current.as_ref() != Some(&room.name) && is_listed(&room.name),
            Phase::Refused(_) => false,
        };
        self.rooms.iter().filter(|room| is_followed(room)).map(|room| room.name.clone()).collect()
    }

    /// The next state.
    #[must_use]
    pub fn after(mut self, action: Action) -> Self {
        match action {
            Action::SignedIn(me) => self.me = Some(me),
            Action::Went(route) => self.go_to(route),
            Action::Joining(name) => self.change(&name, |room, _| room.phase = Phase::Joining),
            Action::Joined(name, page) => {
                let read_at = page.cursor;
                self.change(&name, |room, me| room.join(page, me));
                self.settle(&name);
                self.outbox.settle_up_to(&name, read_at.seq);
            }
            Action::Refused(name, why) => self.change(&name, |room, _| room.phase = Phase::Refused(why)),
            Action::OlderAsked(name) => self.change(&name, |room, _| room.older = Older::Loading),
            Action::OlderCame(name, before, page) => self.change(&name, |room, _| room.extend(before, page)),
            Action::OlderFailed(name) => self.change(&name, |room, _| room.older = Older::Failed),
            Action::Heard(batch) => self.hear(batch),
            Action::Present(rooms) => self.presence = Rc::new(rooms),
            Action::Loosened => {
                let current = self.current.clone();
                for room in &mut self.rooms {
                    if current.as_ref() != Some(&room.name)
                        && matches!(room.phase, Phase::Joining | Phase::Ready)
                    {
                        Rc::make_mut(room).loosen();
                    }
                }
            }
            Action::Connected(status, at) => self.connection.update(status, at),
            Action::Listed(list) => {
                self.begin_seeing(list.cursor, &list.rooms);
                self.list = Rc::new(list.rooms);
            }
            Action::Forgot(name) => {
                Rc::make_mut(&mut self.visited).retain(|visited| *visited != name);
                self.rooms.retain(|room| room.name != name);
            }
            Action::Read(name) => {
                self.change(&name, |room, _| room.read());
                if let Some(head) = self.room_called(&name).map(|room| room.head)
                    && self.seen(&name) < head
                {
                    Rc::make_mut(&mut self.seen).put(name, head);
                }
            }
            Action::Said { room, key, text, reply_to, at } => self.outbox.say(room, key, text, reply_to, at),
            Action::Progressed(key, progress) => {
                self.outbox.advance(key, progress);
                self.settle_sent();
            }
            Action::Shared(item) => self.outbox.put(item),
            Action::Discarded(key) => self.outbox.discard(key),
            Action::Noticed(notice) => self.notice = notice,
            Action::Outdated => self.is_outdated = true,
        }
        self
    }

    fn go_to(&mut self, route: Route) {
        // Nobody waits for the history of a room that was left before it came.
        for room in self.rooms.iter_mut().filter(|room| room.phase == Phase::Joining) {
            Rc::make_mut(room).loosen();
        }
        self.notice = None;
        self.current = None;
        if let Route::Room(name) = &route {
            self.enter(name.clone());
        }
        self.route = route;
    }

    fn enter(&mut self, name: RoomName) {
        let visited = Rc::make_mut(&mut self.visited);
        visited.retain(|other| *other != name);
        visited.insert(0, name.clone());
        for forgotten in visited.split_off(visited.len().min(VISITED)) {
            self.rooms.retain(|room| room.name != forgotten);
        }
        self.know(&name);
        self.change(&name, |room, _| {
            if matches!(room.phase, Phase::Refused(_)) {
                room.phase = Phase::Idle;
            }
        });
        self.current = Some(name);
    }

    fn hear(&mut self, batch: Batch) {
        self.is_outdated |= batch.unreadable > 0;
        for entry in batch.entries {
            self.is_outdated |= matches!(entry.kind, EntryKind::Unknown { .. });
            let name = entry.room.clone();
            if let Some(summary) = self.list.iter().position(|summary| summary.name == name) {
                let summary = &mut Rc::make_mut(&mut self.list)[summary];
                summary.head = summary.head.max(entry.seq);
            }
            let own = match &entry.kind {
                EntryKind::Message { key, .. }
                    if self.me.as_ref().is_some_and(|me| me.id == entry.author.id) =>
                {
                    Some(*key)
                }
                _ => None,
            };
            self.change(&name, |room, me| room.hear(entry, me));
            if let Some(key) = own
                && self.room_called(&name).is_some_and(|room| room.phase == Phase::Ready)
            {
                self.outbox.discard(key);
            }
        }
    }

    /// What stands in a room is not on its way any more.
    fn settle(&mut self, name: &RoomName) {
        if let Ok(at) = self.place_of(name) {
            let room = &self.rooms[at];
            self.outbox.settle(room.lines.newest_first(), self.me.as_ref().map(|me| &me.id));
        }
    }

    /// An answer may be slower than the poll that brought the entry.
    fn settle_sent(&mut self) {
        for room in self.rooms.iter().filter(|room| room.phase == Phase::Ready) {
            self.outbox.settle_up_to(&room.name, room.head);
        }
    }

    /// What was seen in another log says nothing about this one; and on the very first visit everything that is there
    /// counts as seen, so that the list does not begin full of news.
    fn begin_seeing(&mut self, cursor: Cursor, rooms: &[RoomSummary]) {
        if self.seen.of_log.is_some_and(|old| old.epoch == cursor.epoch) {
            return;
        }
        let rooms = rooms.iter().map(|summary| (summary.name.clone(), summary.head)).collect();
        self.seen = Rc::new(Seen { of_log: Some(cursor), rooms });
    }

    fn change(&mut self, name: &RoomName, change: impl FnOnce(&mut Room, Option<&PersonId>)) {
        let me = self.me.as_ref().map(|me| &me.id);
        if let Ok(at) = self.place_of(name) {
            change(Rc::make_mut(&mut self.rooms[at]), me);
        }
    }

    fn know(&mut self, name: &RoomName) {
        if let Err(at) = self.place_of(name) {
            self.rooms.insert(at, Rc::new(Room::new(name.clone(), self.seen(name))));
        }
    }

    fn place_of(&self, name: &RoomName) -> Result<usize, usize> {
        self.rooms.binary_search_by(|room| room.name.cmp(name))
    }
}

#[cfg(test)]
mod tests;
