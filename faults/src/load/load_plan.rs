//! The clients of a round: rooms, publishers, readers.

use std::time::Duration;

use holdline_shared::{RoomName, RoomSelection};

/// The size of a round's load.
#[derive(Debug, Clone)]
pub(crate) struct LoadPlan {
    /// Rooms with constant traffic.
    pub(crate) busy: Vec<RoomName>,
    /// A room with a few messages a second.
    pub(crate) calm: RoomName,
    /// A room without messages for many seconds, so that polls are held and proxies cut them.
    pub(crate) quiet: RoomName,
    /// Publishers in the busy rooms.
    pub(crate) publishers: usize,
    /// The average pause of a publisher between two messages.
    pub(crate) pace: Duration,
    /// Subscribers of each of the five selections of rooms.
    pub(crate) per_selection: usize,
    /// Processes of `holdline tail`.
    pub(crate) tails: usize,
    /// Readers of Server-Sent Events, and as many readers of the classic route.
    pub(crate) other_readers: usize,
    /// Subscribers of each selection that are absent for a while now and then.
    pub(crate) absentees: usize,
    /// Rooms that the round makes itself, for everybody.
    pub(crate) other_public: Vec<RoomName>,
    /// Whether the log has a retention limit, so that entries expire during the round.
    pub(crate) has_retention: bool,
}

impl LoadPlan {
    /// The usual load; half of it for a short round.
    pub(crate) fn new(short: bool) -> Self {
        let room = |name: &str| RoomName::parse(name).unwrap_or_else(|_| RoomName::lobby());
        Self {
            busy: vec![room("busy"), room("noisy"), room("loud")],
            calm: room("calm"),
            quiet: room("quiet"),
            publishers: if short { 4 } else { 8 },
            pace: Duration::from_millis(20),
            per_selection: if short { 4 } else { 8 },
            tails: if short { 1 } else { 2 },
            other_readers: if short { 1 } else { 2 },
            absentees: 0,
            other_public: Vec::new(),
            has_retention: false,
        }
    }

    /// Iterates over all rooms.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &RoomName> {
        self.busy.iter().chain([&self.calm, &self.quiet])
    }

    /// The rooms that are private behind a closed door: most, so that `room=*` has something to leave out for an outsider.
    pub(crate) fn private(&self) -> [&RoomName; 3] {
        [&self.busy[1], &self.calm, &self.quiet]
    }

    /// The rooms that everybody reads.
    pub(crate) fn public(&self) -> RoomSelection {
        let public = self.rooms().filter(|room| !self.private().contains(room)).cloned();
        RoomSelection::Named(public.chain(self.other_public.clone()).chain([RoomName::lobby()]).collect())
    }

    /// The number of readers.
    pub(crate) fn readers(&self) -> usize {
        self.selections().len() * (self.per_selection + self.absentees) + 2 * self.other_readers
    }

    /// The subscribers' selections: one room, several, all.
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
