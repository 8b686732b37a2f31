//! The rooms: those visited in this browser, with all that is known about them, and the server's list of rooms.

mod titles;
mod visited;

use std::rc::Rc;

use holdline_shared::limits::ROOMS_LISTED;
use holdline_shared::{
    Entry, EntryKind, Person, PersonId, Role, RoomList, RoomName, RoomStanding, RoomSummary, Seq, Visibility,
};
use litemap::LiteMap;

pub use self::titles::{is_made_by_server, is_nameless};
use super::{Listed, Phase, Room, Seen};

/// The maximum number of visited rooms that are followed; more would make every poll long.
pub const VISITED: usize = 20;

/// The rooms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rooms {
    /// The rooms visited in this browser, the most recent first; at most [`VISITED`]. A room that does not exist is not
    /// visited by looking at its address.
    pub visited: Rc<Vec<RoomName>>,
    /// The position up to which each room was seen, including rooms that are not followed.
    pub seen: Rc<Seen>,
    /// The server's list of rooms, the most recently active first.
    pub list: Rc<Vec<RoomSummary>>,
    /// The people of the direct rooms, which have no title of their own.
    pub people: Rc<LiteMap<RoomName, Vec<Person>>>,
    /// The position up to which the list is complete.
    listed_upto: Seq,
    /// The last change of the reader's memberships that a poll reported.
    memberships: Seq,
    /// The room that the reader has asked for by its name, until it exists or cannot be made.
    wanted: Option<RoomName>,
    /// The room on the screen, if it is not visited: nobody knows yet whether it exists, or it does not.
    looked_at: Option<RoomName>,
    /// The visited rooms, and the one that is looked at, sorted by name.
    known: Vec<Rc<Room>>,
}

impl Rooms {
    /// Restores the rooms from storage.
    pub fn restore(visited: Vec<RoomName>, seen: Seen) -> Self {
        let mut rooms = Self { seen: Rc::new(seen), ..Self::default() };
        rooms.set_visited(visited);
        rooms
    }

    /// The visited rooms, and the one that is looked at, sorted by name.
    pub fn known(&self) -> &[Rc<Room>] {
        &self.known
    }

    /// The room of this name, if it was visited or is looked at.
    pub fn get(&self, name: &RoomName) -> Option<&Rc<Room>> {
        self.place_of(name).ok().map(|at| &self.known[at])
    }

    /// The list's summary of a room.
    pub fn summary(&self, name: &RoomName) -> Option<&RoomSummary> {
        self.list.iter().find(|summary| summary.name == *name)
    }

    /// The rules of a room and the reader's part in it, as far as they are known.
    pub fn standing(&self, name: &RoomName) -> RoomStanding {
        self.summary(name).map(|summary| summary.standing.clone()).unwrap_or_default()
    }

    /// Changes the state of a known room.
    pub fn change(&mut self, name: &RoomName, change: impl FnOnce(&mut Room, Seq)) {
        let seen = self.seen.of(name);
        if let Ok(at) = self.place_of(name) {
            change(Rc::make_mut(&mut self.known[at]), seen);
        }
    }

    /// Marks all joined rooms but the current one as out of date, after the subscription lost its place in the log.
    pub fn must_rejoin_all_but(&mut self, current: Option<&RoomName>) {
        for room in &mut self.known {
            if Some(&room.name) != current && matches!(room.phase, Phase::Joining | Phase::Ready) {
                Rc::make_mut(room).must_rejoin();
            }
        }
    }

    /// Applies a fresh list. Positions seen in another log are dropped; on the very first visit everything counts as
    /// seen, so that the list does not begin full of news. Rooms that only members see are followed without a visit.
    /// Returns the rooms that the reader may no longer read.
    pub fn update_list(&mut self, list: RoomList) -> Vec<RoomName> {
        let gone = self.lost(&list);
        let is_new_log = self.seen.of_log.is_some() && !self.seen.is_of_log(list.cursor);
        if !self.seen.is_of_log(list.cursor) {
            let mut seen = Seen { of_log: Some(list.cursor), ..Seen::default() };
            for summary in &list.rooms {
                seen.put(&summary.name, summary.head);
            }
            self.seen = Rc::new(seen);
        }
        for summary in &list.rooms {
            let newest_before = self.summary(&summary.name).map(|summary| summary.said);
            self.change(&summary.name, |room, seen| {
                if is_new_log && room.phase == Phase::Idle {
                    *room = Room::new(room.name.clone(), seen);
                }
                let is_opened = match room.phase {
                    // Somebody has made the room.
                    Phase::Missing => true,
                    // The reader was let in meanwhile.
                    Phase::Refused(_) => newest_before.is_none(),
                    _ => false,
                };
                if is_opened {
                    room.phase = Phase::Idle;
                }
                room.see_listed(seen, Listed { newest: summary.said, newest_before, upto: list.cursor.seq });
            });
        }
        self.listed_upto = list.cursor.seq;
        self.list = Rc::new(list.rooms);
        self.follow_own();
        gone
    }

    /// Returns the non-public rooms that are missing from this list of the same log.
    fn lost(&self, list: &RoomList) -> Vec<RoomName> {
        if !self.seen.is_of_log(list.cursor) || list.rooms.len() >= ROOMS_LISTED {
            return Vec::new();
        }
        let is_lost = |summary: &&RoomSummary| {
            summary.standing.policy.visibility != Visibility::Public
                && list.rooms.iter().all(|listed| listed.name != summary.name)
        };
        self.list.iter().filter(is_lost).map(|summary| summary.name.clone()).collect()
    }

    /// Follows the non-public rooms in which the reader is a member, as if they were visited.
    fn follow_own(&mut self) {
        let is_own = |summary: &&RoomSummary| {
            summary.standing.role > Role::None && summary.standing.policy.visibility != Visibility::Public
        };
        let names = self.list.iter().filter(is_own).map(|summary| &summary.name);
        let new: Vec<_> = names.filter(|name| !self.visited.contains(name)).cloned().collect();
        if !new.is_empty() {
            let visited = self.visited.iter().cloned().chain(new).collect();
            self.set_visited(visited);
        }
    }

    /// Records that the reader was added to a room or removed from one.
    pub fn note_memberships(&mut self, memberships: Seq) {
        self.memberships = memberships;
    }

    /// The last change of memberships, if the list does not have it yet.
    pub fn unlisted_memberships(&self) -> Option<Seq> {
        Some(self.memberships).filter(|memberships| self.listed_upto < *memberships)
    }

    /// Applies an entry from a poll.
    pub fn hear(&mut self, entry: Entry, me: Option<&PersonId>) {
        let name = entry.room.clone();
        if let Some(at) = self.list.iter().position(|summary| summary.name == name) {
            let summary = &mut Rc::make_mut(&mut self.list)[at];
            summary.head = summary.head.max(entry.seq);
            match &entry.kind {
                EntryKind::Message { .. } => summary.said = summary.said.max(entry.seq),
                EntryKind::Room { policy: Some(policy), .. } => summary.standing.policy = (**policy).clone(),
                EntryKind::Member(change) if me == Some(&change.person.id) => {
                    summary.standing.role = change.role;
                    summary.standing.muted_until = change.muted_until;
                }
                _ => {}
            }
        }
        self.change(&name, |room, _| room.hear(entry, me));
    }

    /// Records that a room was on the screen up to `seq`.
    pub fn read(&mut self, name: &RoomName, seq: Seq) {
        if self.seen.of(name) < seq {
            Rc::make_mut(&mut self.seen).put(name, seq);
        }
        self.change(name, Room::read);
    }

    /// Merges the positions that another tab has seen.
    pub fn merge_seen(&mut self, other: &Seen) {
        let mut seen = Seen::clone(&self.seen);
        seen.merge(other);
        if seen != *self.seen {
            self.seen = Rc::new(seen);
            for room in &mut self.known {
                let seen = self.seen.of(&room.name);
                if room.has_news() {
                    Rc::make_mut(room).read(seen);
                }
            }
        }
    }

    /// Returns the rooms to poll: the one on the screen once it exists, and visited rooms that the list has.
    pub fn followed(&self, current: Option<&RoomName>) -> Vec<RoomName> {
        let is_followed = |room: &Room| match room.phase {
            Phase::Joining | Phase::Ready => true,
            Phase::Idle => current != Some(&room.name) && self.summary(&room.name).is_some(),
            Phase::Missing | Phase::Refused(_) => false,
        };
        self.known.iter().filter(|room| is_followed(room)).map(|room| room.name.clone()).collect()
    }

    fn place_of(&self, name: &RoomName) -> Result<usize, usize> {
        self.known.binary_search_by(|room| room.name.cmp(name))
    }
}
