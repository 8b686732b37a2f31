//! The size of a run, its rooms and its people, as the seed decides them.

use holdline_server::log::{Draft, DraftKind};
use holdline_shared::{MemberChange, Person, PolicyChange, Role, RoomName, Visibility};

use super::random::fork;

/// The size of a run.
pub(super) struct LoadPlan {
    pub(super) publishers: usize,
    pub(super) subscribers: usize,
    pub(super) messages: usize,
    pub(super) rooms: Vec<RoomName>,
    /// A private room, of which all publishers are members.
    pub(super) den: RoomName,
    /// People who are members of it for a while.
    pub(super) members: usize,
}

impl LoadPlan {
    /// The plan of a seed.
    pub(super) fn of(seed: u64) -> Self {
        let mut rng = fork(seed, "plan", 0);
        let rooms = ["lobby", "tea", "coffee", "late"];
        Self {
            publishers: rng.usize(1..5),
            subscribers: rng.usize(2..7),
            messages: rng.usize(4..25),
            rooms: rooms.iter().filter_map(|name| name.parse().ok()).collect(),
            den: RoomName::received("den".to_owned()),
            members: rng.usize(1..5),
        }
    }

    /// The number of paths of the network: publishers, subscribers, members, the moderator.
    pub(super) fn clients(&self) -> usize {
        self.publishers + self.subscribers + self.members + 1
    }

    /// The drafts that make all rooms except the last, and the private one with its members.
    pub(super) fn first_drafts(&self) -> Vec<Draft> {
        let rooms = self.rooms[..self.rooms.len() - 1].iter().map(|room| room_draft(room.clone()));
        let policy = Some(PolicyChange::new(Visibility::Private));
        let kind = DraftKind::Room { topic: None, policy };
        let den = Draft { author: Person::house(), room: self.den.clone(), kind };
        let members =
            (0..self.publishers).filter_map(publisher).map(|person| self.member_draft(person, Role::Member));
        rooms.chain([den]).chain(members).collect()
    }

    /// The draft that gives a person a role in the private room.
    pub(super) fn member_draft(&self, person: Person, role: Role) -> Draft {
        let kind = MemberChange { person, role, until: None, muted_until: None, reason: None };
        Draft { author: Person::house(), room: self.den.clone(), kind: DraftKind::Member(kind) }
    }
}

/// The draft that makes a room.
pub(super) fn room_draft(room: RoomName) -> Draft {
    Draft { author: Person::house(), room, kind: DraftKind::room() }
}

/// The person of a publisher.
pub(super) fn publisher(number: usize) -> Option<Person> {
    Some(Person { id: format!("p{number}").parse().ok()?, name: format!("P{number}").parse().ok()? })
}
