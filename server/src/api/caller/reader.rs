//! The right of one request to read: asked while the request is held, so that a ban, an ended session and a changed door end
//! it too.

use std::net::IpAddr;

use holdline_shared::{PersonId, RoomName, Seq};

use super::credential::Credential;
use crate::access::{Access, AccessHandle};
use crate::log::wall_clock;
use crate::scope::Readers;

/// A request's reader.
#[derive(Debug)]
pub(super) struct RequestReader {
    pub(super) access: AccessHandle,
    pub(super) visitor: Option<IpAddr>,
    /// The proof of who asks; `None` for a stranger at an open door.
    pub(super) credential: Option<Credential>,
}

impl RequestReader {
    fn person(&self) -> Option<&PersonId> {
        self.credential.as_ref().map(|credential| &credential.person)
    }

    /// Whether the reader is still let in.
    fn is_in(&self, access: &Access) -> bool {
        let is_known = match &self.credential {
            Some(credential) => credential.stands(access, wall_clock),
            None => access.door().is_open(),
        };
        // Without bans no clock is read.
        let is_banned =
            || access.has_bans() && access.ban_of(self.person(), self.visitor, wall_clock()).is_some();
        is_known && !is_banned()
    }
}

impl Readers for RequestReader {
    fn may_read(&self, _: Option<&PersonId>, room: &RoomName) -> bool {
        let access = self.access.load();
        self.is_in(&access) && access.may_read(self.person(), room)
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        let access = self.access.load();
        access.hides_rooms() || !self.is_in(&access)
    }

    fn is_over(&self, _: Option<&PersonId>) -> bool {
        !self.is_in(&self.access.load())
    }

    fn memberships(&self, _: Option<&PersonId>) -> Seq {
        self.person().map_or(Seq::START, |person| self.access.load().memberships(person))
    }
}
