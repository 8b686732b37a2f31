//! Who waits for what in an event loop: for each thing that is waited for a list, and for each poll its places in them.

use std::slice::from_ref;
use std::sync::Arc;

use holdline_shared::RoomName;

use super::Hub;
use super::bells::Bells;
use super::held::HeldId;
use super::pace::Pace;
use super::room::Room;
use super::waiters::Place;

/// What can be waited for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Source {
    Everything,
    Room(RoomName),
    Presence(RoomName),
}

/// Everyone here who waits for the same.
pub(super) struct List {
    pub(super) source: Source,
    /// `None` for presence.
    pub(super) room: Option<Arc<Room>>,
    /// Where the source knows us. An old one means that we were woken, and have not gone through the list since.
    pub(super) place: Option<Place>,
    pub(super) members: Vec<HeldId>,
    pub(super) pace: Pace,
    /// Whether there is a reason to go through it.
    pub(super) is_due: bool,
    /// Whether it is among those that pause.
    pub(super) is_paused: bool,
}

impl List {
    pub(super) fn new(source: Source, room: Option<Arc<Room>>) -> Self {
        Self {
            source,
            room,
            place: None,
            members: Vec::new(),
            pace: Pace::default(),
            is_due: false,
            is_paused: false,
        }
    }

    /// Makes sure that the source wakes us at its next change. To be done before looking.
    pub(super) fn register(&mut self, hub: &Hub, bells: &Arc<Bells>, number: u32) {
        let bell = bells.bell(number);
        self.place = match (&self.source, &self.room) {
            (Source::Presence(name), _) => hub.join_presence(name, self.place, &bell),
            (_, room) => room.as_ref().map(|room| room.join(self.place, &bell)),
        };
    }

    pub(super) fn leave(&self, hub: &Hub) {
        match (&self.source, &self.room, self.place) {
            (Source::Presence(name), _, Some(place)) => hub.quit_presence(name, place),
            (_, Some(room), Some(place)) => room.leave(place),
            _ => {}
        }
    }

    pub(super) fn add(&mut self, list: u32, id: HeldId) -> Spot {
        self.members.push(id);
        Spot { list, index: index(self.members.len() - 1) }
    }
}

/// For what a poll waits. For most that is one room, and takes no memory of its own.
pub(super) enum Waits {
    One(Spot),
    Many(Box<Many>),
}

pub(super) struct Many {
    pub(super) rooms: Vec<Arc<Room>>,
    pub(super) spots: Vec<Spot>,
}

/// A place in one of the lists.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) list: u32,
    pub(super) index: u32,
}

impl Waits {
    pub(super) fn spots(&self) -> &[Spot] {
        match self {
            Self::One(spot) => from_ref(spot),
            Self::Many(many) => &many.spots,
        }
    }

    /// Notes another place in the same list.
    pub(super) fn move_spot(&mut self, list: u32, index: u32) {
        let spots = match self {
            Self::One(spot) => std::slice::from_mut(spot),
            Self::Many(many) => &mut many.spots,
        };
        for spot in spots.iter_mut().filter(|spot| spot.list == list) {
            spot.index = index;
        }
    }
}

/// More polls than u32 counts do not fit into memory.
pub(super) fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
