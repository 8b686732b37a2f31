//! Decides whether somebody may make a change. Called where no other change can come in between, with the date of the
//! record, so that every node decides alike.

use holdline_shared::{
    Door, MemberChange, Person, PersonId, Role, RoomName, RoomPolicy, Timestamp, Visibility,
};

use super::{Access, AccessChange, Denied, Invite, InviteGives, SecretHash, is_owner};

/// The largest number of people in a direct room.
pub(crate) const DIRECT_PEOPLE: usize = 10;

impl Access {
    /// Checks a change that concerns no room; `Ok(false)` if nothing would change.
    #[expect(clippy::too_many_lines, reason = "one match with a short arm for each change")]
    pub(crate) fn check_change(
        &self,
        by: &Person,
        change: &AccessChange,
        at: Timestamp,
    ) -> Result<bool, Denied> {
        let is_admin = self.is_admin(&by.id);
        let admins_only = || if is_admin { Ok(true) } else { Err(Denied::AdminsOnly) };
        let own_or_admin =
            |person: &PersonId| if *person == by.id || is_admin { Ok(true) } else { Err(Denied::OwnOnly) };
        self.check_standing(by, at)?;
        match change {
            AccessChange::Door { door, password } => {
                let has_password = password.is_some() || self.door.password.is_some();
                if *door == Door::Password && !has_password {
                    return Err(Denied::PasswordMissing);
                }
                admins_only()?;
                Ok(password.is_some() || self.door.chosen != Some(*door))
            }
            AccessChange::InviteMade { invite } => self.check_invite(by, invite),
            AccessChange::InviteRevoked { id } => {
                let state = self.invites().find(|state| state.invite.id == *id).ok_or(Denied::UnknownName)?;
                if state.by.id == by.id { Ok(true) } else { admins_only() }
            }
            AccessChange::Joined { person, is_bot, .. } => {
                if self.account(&person.id).is_some() || self.is_erased(&person.id) {
                    return Err(Denied::AlreadyMember);
                }
                if self.is_name_taken(person.name.as_str(), &person.id) {
                    return Err(Denied::NameTaken);
                }
                if *is_bot { admins_only() } else { own_or_admin(&person.id) }
            }
            AccessChange::Redeemed { invite, person, .. } => self.check_redeem(invite, person, at),
            AccessChange::Profile { person, about, time_zone } => {
                let account = self.account(&person.id).ok_or(Denied::UnknownPerson)?;
                own_or_admin(&person.id)?;
                if self.is_name_taken(person.name.as_str(), &person.id) {
                    return Err(Denied::NameTaken);
                }
                Ok(account.person != *person || account.about != *about || account.time_zone != *time_zone)
            }
            AccessChange::Passphrase { person, .. } => {
                self.account(person).ok_or(Denied::UnknownPerson)?;
                if *person == by.id || is_owner(&by.id) { Ok(true) } else { Err(Denied::OwnOnly) }
            }
            AccessChange::Admin { person, on } => {
                admins_only()?;
                let account = self.account(person).ok_or(Denied::UnknownPerson)?;
                if account.is_admin && !on {
                    self.keep_an_admin(by)?;
                }
                Ok(account.is_admin != *on)
            }
            AccessChange::SessionBegun { person, .. } | AccessChange::SessionsEnded { person, .. } => {
                self.account(person).ok_or(Denied::UnknownPerson)?;
                own_or_admin(person)
            }
            AccessChange::SessionUsed { person, session } => {
                let state = self.session(person, session).ok_or(Denied::UnknownName)?;
                own_or_admin(person)?;
                Ok(state.is_use_news(at))
            }
            AccessChange::SessionEnded { person, session } => {
                self.session(person, session).ok_or(Denied::UnknownName)?;
                own_or_admin(person)
            }
            AccessChange::Banned { ban } => {
                admins_only()?;
                match &ban.person {
                    Some(person) if is_owner(&person.id) => Err(Denied::UnknownPerson),
                    Some(person) if self.is_admin(&person.id) && !is_owner(&by.id) => Err(Denied::LastAdmin),
                    _ => Ok(true),
                }
            }
            AccessChange::SecretRotated { .. } => admins_only(),
            AccessChange::Unbanned { id } => {
                admins_only()?;
                if self.bans.contains_key(id) { Ok(true) } else { Err(Denied::UnknownName) }
            }
            AccessChange::Erased { person, .. } => {
                own_or_admin(person)?;
                let account = self.account(person).ok_or(Denied::UnknownPerson)?;
                if account.is_admin {
                    self.keep_an_admin(by)?;
                }
                Ok(true)
            }
            AccessChange::TokenMade { token } => {
                let account = self.account(&token.person).ok_or(Denied::MembersOnly)?;
                if account.is_bot { admins_only() } else { own_or_admin(&token.person) }
            }
            AccessChange::TokenRevoked { id } => {
                let token = self.tokens().find(|token| token.id == *id).ok_or(Denied::UnknownName)?;
                own_or_admin(&token.person)
            }
            AccessChange::HookMade { hook } => self.check_room_admin(by, &hook.room),
            AccessChange::HookRemoved { id } => {
                let hook = self.hooks.get(id).ok_or(Denied::UnknownName)?;
                self.check_room_admin(by, &hook.room)
            }
            AccessChange::RoomDeleted { room, .. } if *room == RoomName::lobby() => Err(Denied::LobbyStays),
            AccessChange::RoomDeleted { room, .. } => self.check_room_admin(by, room),
            AccessChange::Reported { room, .. } => {
                if self.may_read(Some(&by.id), room) {
                    Ok(true)
                } else {
                    Err(Denied::UnknownRoom)
                }
            }
        }
    }

    /// Checks new rules for a room; `exists` says whether there is such a room.
    pub(crate) fn check_policy(
        &self,
        by: &Person,
        room: &RoomName,
        policy: &RoomPolicy,
        exists: bool,
    ) -> Result<bool, Denied> {
        if exists {
            self.check_room_admin(by, room)?;
        } else if policy.visibility == Visibility::Private && !self.is_member_or_owner(&by.id) {
            return Err(Denied::MembersOnly);
        }
        if *room == RoomName::lobby() && (policy.visibility != Visibility::Public || policy.archived) {
            return Err(Denied::LobbyStays);
        }
        let now = self.room(room).map(|room| &room.policy);
        let is_direct = |policy: &RoomPolicy| policy.visibility == Visibility::Direct;
        if exists && now.is_some_and(is_direct) != is_direct(policy) {
            return Err(Denied::DirectStays);
        }
        Ok(now != Some(policy))
    }

    /// Checks a change of a room's members.
    pub(crate) fn check_member(
        &self,
        by: &Person,
        room: &RoomName,
        change: &MemberChange,
        at: Timestamp,
    ) -> Result<bool, Denied> {
        let MemberChange { person, role, muted_until, until, .. } = change;
        let Some(found) = self.room(room).filter(|_| self.may_read(Some(&by.id), room) || is_owner(&by.id))
        else {
            // A room without rules has no members; muting somebody is what its members are for.
            return if self.may_read(Some(&by.id), room) {
                self.check_room_admin(by, room)
            } else {
                Err(Denied::UnknownRoom)
            };
        };
        let now = found.members.get(&person.id);
        let is_leaving = person.id == by.id && *role == Role::None && muted_until.is_none();
        if is_leaving {
            let is_last = found.policy.visibility != Visibility::Direct
                && now.is_some_and(|member| member.role == Role::Admin)
                && found.member_count() > 1
                && found.members.values().filter(|member| member.role == Role::Admin).count() == 1;
            return if is_last { Err(Denied::LastAdmin) } else { Ok(now.is_some()) };
        }
        if person.id == by.id && now.is_some_and(|member| !member.is_announced && member.role == *role) {
            return Ok(true);
        }
        self.check_room_admin(by, room)?;
        let is_new = now.is_none_or(|member| member.role == Role::None);
        if *role > Role::None && is_new {
            if self.ban_of(Some(&person.id), None, at).is_some() || self.is_erased(&person.id) {
                return Err(Denied::UnknownPerson);
            }
            if found.policy.visibility == Visibility::Direct && found.member_count() >= DIRECT_PEOPLE {
                return Err(Denied::TooManyPeople);
            }
        }
        if is_owner(&person.id) {
            return Err(Denied::UnknownPerson);
        }
        let has = |member: &super::rooms::Member| member.role == *role && member.muted_until == *muted_until;
        Ok(until.is_some() || now.map_or(*role > Role::None || muted_until.is_some(), |member| !has(member)))
    }

    /// Whether the person may do anything at all.
    pub(crate) fn check_standing(&self, by: &Person, at: Timestamp) -> Result<(), Denied> {
        let is_gone = self.is_erased(&by.id) || self.ban_of(Some(&by.id), None, at).is_some();
        if is_gone && !is_owner(&by.id) { Err(Denied::Banned) } else { Ok(()) }
    }

    fn check_room_admin(&self, by: &Person, room: &RoomName) -> Result<bool, Denied> {
        if self.is_room_admin(&by.id, room) {
            Ok(true)
        } else if self.may_read(Some(&by.id), room) {
            Err(Denied::RoomAdminsOnly)
        } else {
            Err(Denied::UnknownRoom)
        }
    }

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

    fn check_redeem(&self, code: &SecretHash, person: &Person, at: Timestamp) -> Result<bool, Denied> {
        let state = self.usable_invite(code, at).ok_or(Denied::WrongSecret)?;
        if matches!(&state.invite.gives, InviteGives::Device(owner) if *owner != person.id) {
            return Err(Denied::WrongSecret);
        }
        self.check_standing(person, at)?;
        let room = state.invite.room.as_ref().and_then(|room| self.room(room));
        if room.and_then(|room| room.barred.get(&person.id)).is_some_and(|until| at < *until) {
            return Err(Denied::Barred);
        }
        let is_new = self.account(&person.id).is_none();
        if is_new && self.is_name_taken(person.name.as_str(), &person.id) {
            return Err(Denied::NameTaken);
        }
        Ok(true)
    }

    fn keep_an_admin(&self, by: &Person) -> Result<(), Denied> {
        if self.admins() > 1 || is_owner(&by.id) { Ok(()) } else { Err(Denied::LastAdmin) }
    }

    fn is_member_or_owner(&self, person: &PersonId) -> bool {
        is_owner(person) || self.account(person).is_some()
    }
}
