//! Invites and links to other devices: who makes one, who sees it, and what it is worth. An invite is worth what its maker
//! may give when it is used, so that no right outlives the one that it came from.

use holdline_shared::{Person, PersonId, Timestamp};

use super::{Access, Denied, Invite, InviteGives, InviteState, SecretHash, is_owner};

/// The number of invites of one person that still work.
const INVITES: usize = 100;
/// The number of links of one person to other devices that still work.
const DEVICE_LINKS: usize = 10;

impl Access {
    /// Whether the person sees this invite and may revoke it: one that leads into a room, its admins; another one, whoever
    /// made it, and admins.
    pub(crate) fn may_see_invite(&self, person: &PersonId, state: &InviteState) -> bool {
        match &state.invite.room {
            Some(room) => self.is_room_admin(person, room),
            None => state.by.id == *person || self.is_admin(person),
        }
    }

    /// Whether a link to another device of this account still works.
    pub(super) fn has_device_link(&self, person: &PersonId, at: Timestamp) -> bool {
        let gives = InviteGives::Device(person.clone());
        self.invites().any(|state| state.invite.gives == gives && at < state.invite.expires)
    }

    /// Checks a new invite.
    pub(super) fn check_new_invite(
        &self,
        by: &Person,
        invite: &Invite,
        at: Timestamp,
    ) -> Result<bool, Denied> {
        self.check_invite(by, invite)?;
        let is_link = |invite: &Invite| matches!(invite.gives, InviteGives::Device(_));
        let is_alike = |state: &&InviteState| {
            state.by.id == by.id
                && is_link(&state.invite) == is_link(invite)
                && self.usable_invite(&state.invite.code, at).is_some()
        };
        let (what, most) = if is_link(invite) {
            ("links to other devices", DEVICE_LINKS)
        } else {
            ("invites that still work", INVITES)
        };
        if self.invites().filter(is_alike).count() >= most && !is_owner(&by.id) {
            return Err(Denied::TooMany { what, most });
        }
        Ok(true)
    }

    /// Whether somebody may give what this invite gives.
    fn check_invite(&self, by: &Person, invite: &Invite) -> Result<bool, Denied> {
        match &invite.gives {
            InviteGives::Device(person) => {
                self.account(person).ok_or(Denied::MembersOnly)?;
                return if *person == by.id || is_owner(&by.id) { Ok(true) } else { Err(Denied::OwnOnly) };
            }
            InviteGives::Admin if !self.is_admin(&by.id) => return Err(Denied::AdminsOnly),
            _ => {}
        }
        match &invite.room {
            Some(room) => self.check_room_admin(by, room),
            None if self.is_admin(&by.id) => Ok(true),
            None => Err(Denied::AdminsOnly),
        }
    }

    /// Checks the use of an invite. `has_session` says whether the person has a session that holds: only an admin of the
    /// server lets somebody in who is not in already.
    pub(super) fn check_redeem(
        &self,
        code: &SecretHash,
        person: &Person,
        has_session: bool,
        at: Timestamp,
    ) -> Result<bool, Denied> {
        let state = self.usable_invite(code, at).ok_or(Denied::WrongSecret)?;
        if matches!(&state.invite.gives, InviteGives::Device(owner) if *owner != person.id) {
            return Err(Denied::WrongSecret);
        }
        let may_give =
            self.check_standing(&state.by, at).and_then(|()| self.check_invite(&state.by, &state.invite));
        may_give.map_err(|_| Denied::WrongSecret)?;
        self.check_standing(person, at)?;
        let room = state.invite.room.as_ref().and_then(|room| self.room(room));
        if room.and_then(|room| room.barred.get(&person.id)).is_some_and(|until| at < *until) {
            return Err(Denied::Barred);
        }
        let is_new = self.account(&person.id).is_none();
        let is_in = has_session || !is_new || self.door.is_open();
        if !is_in && !self.is_admin(&state.by.id) {
            return Err(Denied::ComeInFirst);
        }
        if is_new && self.is_name_taken(person.name.as_str(), &person.id) {
            return Err(Denied::NameTaken);
        }
        Ok(true)
    }

    /// Forgets the invites that their maker could not make any more.
    pub(super) fn forget_void_invites(&mut self, maker: &PersonId) {
        let mut invites = std::mem::take(&mut self.invites);
        invites.retain(|state| state.by.id != *maker || self.check_invite(&state.by, &state.invite).is_ok());
        self.invites = invites;
    }
}
