//! Who is there in a round: rooms, publishers, readers.

use std::time::Duration;

use holdline_shared::{RoomName, RoomSelection};

/// The load of a round.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Rooms in which there is always something.
    pub(crate) busy: Vec<RoomName>,
    /// A room in which something is said a few times a second.
    pub(crate) calm: RoomName,
    /// A room in which nothing is said for many seconds, so that polls are held and proxies cut them.
    pub(crate) quiet: RoomName,
    /// Publishers in the busy rooms.
    pub(crate) publishers: usize,
    /// How long each of them is silent between two messages.
    pub(crate) pace: Duration,
    /// Subscribers of each of the usual selections of rooms; there are five of those.
    pub(crate) crowd: usize,
    /// Processes of `holdline tail`.
    pub(crate) tails: usize,
    /// Readers of events, and as many of the classic route.
    pub(crate) others: usize,
    /// Subscribers of each selection that stay away for a while now and then.
    pub(crate) nappers: usize,
    /// Whether the log forgets something while the round runs.
    pub(crate) is_forgetful: bool,
}

impl Plan {
    /// The usual load; a short round has half of it.
    pub(crate) fn new(short: bool) -> Self {
        let room = |name: &str| RoomName::parse(name).unwrap_or_else(|_| RoomName::lobby());
        Self {
            busy: vec![room("busy"), room("noisy"), room("loud")],
            calm: room("calm"),
            quiet: room("quiet"),
            publishers: if short { 4 } else { 8 },
            pace: Duration::from_millis(20),
            crowd: if short { 4 } else { 8 },
            tails: if short { 1 } else { 2 },
            others: if short { 1 } else { 2 },
            nappers: 0,
            is_forgetful: false,
        }
    }

    /// Rooms, all of them.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &RoomName> {
        self.busy.iter().chain([&self.calm, &self.quiet])
    }

    /// What subscribers select: one room, some, everything.
    pub(crate) fn selections(&self) -> Vec<RoomSelection> {
        let named = |mut rooms: Vec<RoomName>| {
            rooms.sort_unstable();
            RoomSelection::Named(rooms)
        };
        vec![
            RoomSelection::All,
            named(vec![self.busy[0].clone()]),
            named(vec![self.busy[1].clone(), self.calm.clone(), self.quiet.clone()]),
            named(self.rooms().cloned().collect()),
            named(vec![self.quiet.clone()]),
        ]
    }
}
