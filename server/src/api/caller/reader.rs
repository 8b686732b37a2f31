//! The right of one request to read: asked while the request is held, so that a ban, an ended session, a revoked token and a
//! changed door end it too.

use std::net::IpAddr;
use std::num::NonZeroU64;

use holdline_shared::{PersonId, RoomName, Seq};
use parking_lot::{Mutex, MutexGuard};

use super::credential::Credential;
use super::tokens::Grant;
use crate::access::{Access, AccessHandle};
use crate::log::wall_clock;
use crate::scope::Readers;

/// A request's reader.
#[derive(Debug)]
pub(super) struct RequestReader {
    access: AccessHandle,
    visitor: Option<IpAddr>,
    right: Right,
    last: Mutex<Decision>,
}

/// The right by which a request reads.
#[derive(Debug)]
pub(super) enum Right {
    /// A stranger's at an open door.
    Door,
    Session(Box<Credential>),
    Token(Box<Grant>),
}

/// The last decision. A poll is asked about its room some ten times until it is answered, and access seldom changes.
#[derive(Debug, Default)]
struct Decision {
    /// The next revision of access, until which the decision is good; `None` if it depends on the time, too.
    good_until: Option<NonZeroU64>,
    is_in: bool,
    hides_rooms: bool,
    /// The last room that may be read.
    room: Option<RoomName>,
}

impl RequestReader {
    pub(super) fn new(access: AccessHandle, visitor: Option<IpAddr>, right: Right) -> Self {
        Self { access, visitor, right, last: Mutex::default() }
    }

    fn person(&self) -> Option<&PersonId> {
        match &self.right {
            Right::Door => None,
            Right::Session(credential) => Some(&credential.person),
            Right::Token(grant) => Some(&grant.person.id),
        }
    }

    /// The decision of this moment.
    fn decision(&self) -> MutexGuard<'_, Decision> {
        // Before the snapshot is read: a change in between makes the decision void, though it may be of the new snapshot.
        let next = NonZeroU64::MIN.saturating_add(self.access.revision());
        let mut last = self.last.lock();
        if last.good_until != Some(next) {
            *last = self.decide(&self.access.load(), next);
        }
        last
    }

    fn decide(&self, access: &Access, next: NonZeroU64) -> Decision {
        let (is_known, is_lasting) = match &self.right {
            Right::Door => (access.door().is_open(), true),
            Right::Session(credential) => {
                (credential.stands(access, wall_clock), credential.is_by_present(access))
            }
            Right::Token(grant) => (grant.holds(access), true),
        };
        // Without bans no clock is read.
        let is_in = is_known
            && !(access.has_bans() && access.ban_of(self.person(), self.visitor, wall_clock()).is_some());
        let is_limited = matches!(&self.right, Right::Token(grant) if grant.is_limited());
        let hides_rooms = !is_in || is_limited || access.hides_rooms();
        // Whoever is out by time may be let in again by it.
        Decision { good_until: (is_in && is_lasting).then_some(next), is_in, hides_rooms, room: None }
    }

    /// Whether the room may be read by this decision. A room other than the last one is looked up.
    fn may_read_by(&self, last: &mut Decision, room: &RoomName) -> bool {
        if last.is_in && last.room.as_ref() != Some(room) {
            let covers = !matches!(&self.right, Right::Token(grant) if !grant.covers(room));
            if !covers || !self.access.load().may_read(self.person(), room) {
                return false;
            }
            last.room = Some(room.clone());
        }
        last.is_in
    }
}

impl Readers for RequestReader {
    fn may_read(&self, _: Option<&PersonId>, room: &RoomName) -> bool {
        self.may_read_by(&mut self.decision(), room)
    }

    fn allows(&self, _: Option<&PersonId>, room: &RoomName) -> bool {
        let mut last = self.decision();
        !last.hides_rooms || self.may_read_by(&mut last, room)
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        self.decision().hides_rooms
    }

    fn is_over(&self, _: Option<&PersonId>) -> bool {
        !self.decision().is_in
    }

    fn memberships(&self, _: Option<&PersonId>) -> Seq {
        let Some(person) = self.person() else { return Seq::START };
        let access = self.access.load();
        // A token for some rooms is told nothing of the others.
        let is_limited = matches!(&self.right, Right::Token(grant) if grant.is_limited());
        let public_rooms = if is_limited { Seq::START } else { access.public_rooms() };
        access.memberships(person).max(public_rooms)
    }
}
