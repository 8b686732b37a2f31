//! Decides whether somebody may make a change. Called where no other change can come in between, with the date of the
//! record, so that every node decides alike.

use holdline_shared::{
    Door, MemberChange, Person, PersonId, Role, RoomName, RoomPolicy, Timestamp, Visibility,
};

use super::{Access, AccessChange, Denied, RoomAccess, is_owner, is_program};

/// The number of tokens of one person.
const TOKENS: usize = 100;

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
        let own_or_admin = |person: &PersonId| {
            if *person == by.id || is_admin { Ok(true) } else { Err(Denied::OwnOrAdminOnly) }
        };
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
            AccessChange::InviteMade { invite } => self.check_new_invite(by, invite, at),
            AccessChange::InviteRevoked { id } => {
                let state = self.invites().find(|state| state.invite.id == *id);
                let is_seen = state.is_some_and(|state| self.may_see_invite(&by.id, state));
                if is_seen { Ok(true) } else { Err(Denied::UnknownName) }
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
            AccessChange::Redeemed { invite, person, has_session, .. } => {
                self.check_redeem(invite, person, *has_session, at)
            }
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
                if account.is_bot && *on {
                    return Err(Denied::AdminIsBot);
                }
                if account.is_admin && !on {
                    self.keep_an_admin(by, person, at)?;
                }
                Ok(account.is_admin != *on)
            }
            AccessChange::SessionBegun { person, .. } => {
                self.account(person).ok_or(Denied::UnknownPerson)?;
                own_or_admin(person)
            }
            AccessChange::SessionsEnded { person, except } => {
                let account = self.account(person).ok_or(Denied::UnknownPerson)?;
                own_or_admin(person)?;
                let ends = account.sessions.keys().any(|session| Some(session) != except.as_ref());
                Ok(ends || self.has_device_link(person, at))
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
                    Some(person) if is_program(&person.id) => Err(Denied::UnknownPerson),
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
                match self.account(person) {
                    Some(account) if account.is_admin => self.keep_an_admin(by, person, at)?,
                    Some(_) => {}
                    None if self.may_be_guest(person) => {}
                    None => return Err(Denied::UnknownPerson),
                }
                Ok(true)
            }
            AccessChange::TokenMade { token } => {
                let account = self.account(&token.person).ok_or(Denied::MembersOnly)?;
                // Nobody speaks as somebody else.
                let is_own = token.person == by.id || is_owner(&by.id);
                if account.is_bot {
                    admins_only()?;
                } else if !is_own {
                    return Err(Denied::OwnOnly);
                }
                let most = TOKENS;
                if self.tokens().filter(|other| other.person == token.person).count() >= most {
                    return Err(Denied::TooMany { what: "tokens", most });
                }
                Ok(true)
            }
            AccessChange::TokenRevoked { id } => {
                let token = self.tokens().find(|token| token.id == *id).ok_or(Denied::UnknownName)?;
                own_or_admin(&token.person)
            }
            AccessChange::HookMade { hook } => self.check_hook(by, hook),
            AccessChange::HookRemoved { id, room } => {
                self.check_room_admin(by, room)?;
                let is_here = self.hook(id).is_some_and(|state| state.hook.room == *room);
                if is_here { Ok(true) } else { Err(Denied::UnknownName) }
            }
            AccessChange::RoomDeleted { room, .. } if *room == RoomName::lobby() => Err(Denied::LobbyStays),
            AccessChange::RoomDeleted { room, .. } | AccessChange::MessageDeleted { room, .. } => {
                self.check_room_admin(by, room)
            }
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
        } else if policy.visibility != Visibility::Direct && !self.is_member_or_owner(&by.id) {
            return Err(Denied::MembersOnly);
        }
        if *room == RoomName::lobby() && (policy.visibility != Visibility::Public || policy.archived) {
            return Err(Denied::LobbyStays);
        }
        let now = self.room(room).map(|room| &room.policy);
        let is_direct = policy.visibility == Visibility::Direct;
        if exists && (is_direct || self.room(room).is_some_and(RoomAccess::is_direct)) {
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
        if !self.may_read(Some(&by.id), room) && !is_owner(&by.id) {
            return Err(Denied::UnknownRoom);
        }
        let unruled = RoomAccess::default();
        let found = self.room(room).unwrap_or(&unruled);
        let now = found.members.get(&person.id);
        let silence = now.and_then(|member| member.muted_until);
        let is_own = person.id == by.id;
        let ends_silence = silence.is_some_and(|until| at < until) && *muted_until < silence;
        if is_own && ends_silence && *role > Role::None {
            return Err(Denied::OwnSilence);
        }
        let is_leaving = is_own && *role == Role::None && (muted_until.is_none() || *muted_until == silence);
        if is_leaving {
            self.keep_a_room_admin(by, found, change, at)?;
            return Ok(found.role(&person.id) > Role::None);
        }
        if is_own && now.is_some_and(|member| !member.is_announced && member.role == *role) {
            return Ok(true);
        }
        self.check_room_admin(by, room)?;
        if is_program(&person.id) {
            return Err(Denied::UnknownPerson);
        }
        if *role == Role::Admin && self.account(&person.id).is_none() {
            return Err(Denied::AdminIsGuest);
        }
        if *role > found.role(&person.id) {
            if found.is_direct() {
                return Err(Denied::DirectStays);
            }
            self.check_newcomer(&person.id, at)?;
        }
        self.keep_a_room_admin(by, found, change, at)?;
        let has = |member: &super::rooms::Member| member.role == *role && member.muted_until == *muted_until;
        Ok(until.is_some() || now.map_or(*role > Role::None || muted_until.is_some(), |member| !has(member)))
    }

    /// Checks the opening of a direct room for one more person.
    pub(crate) fn check_direct_member(
        &self,
        by: &Person,
        room: &RoomName,
        person: &PersonId,
        at: Timestamp,
    ) -> Result<bool, Denied> {
        let found = self.room(room).filter(|found| found.is_direct() && found.role(&by.id) > Role::None);
        let found = found.ok_or(Denied::UnknownRoom)?;
        if found.role(person) > Role::None {
            return Ok(false);
        }
        if found.member_count() >= DIRECT_PEOPLE {
            return Err(Denied::TooManyPeople);
        }
        self.check_newcomer(person, at).map(|()| true)
    }

    /// Whether a room may take the person in.
    fn check_newcomer(&self, person: &PersonId, at: Timestamp) -> Result<(), Denied> {
        let is_out = self.ban_of(Some(person), None, at).is_some() || self.is_erased(person);
        if is_out || is_program(person) { Err(Denied::UnknownPerson) } else { Ok(()) }
    }

    /// Whether somebody who has no account may have this id. Guests are not recorded, but their ids are random.
    pub(crate) fn may_be_guest(&self, person: &PersonId) -> bool {
        PersonId::is_like_random(person.as_str()) && !self.is_erased(person) && self.hook(person).is_none()
    }

    /// Whether the person may do anything at all.
    pub(crate) fn check_standing(&self, by: &Person, at: Timestamp) -> Result<(), Denied> {
        let is_gone = self.is_erased(&by.id) || self.ban_of(Some(&by.id), None, at).is_some();
        if is_gone && !is_owner(&by.id) { Err(Denied::Banned) } else { Ok(()) }
    }

    pub(super) fn check_room_admin(&self, by: &Person, room: &RoomName) -> Result<bool, Denied> {
        if self.is_room_admin(&by.id, room) {
            return Ok(true);
        }
        let found = self.room(room);
        Err(match found {
            _ if !self.may_read(Some(&by.id), room) => Denied::UnknownRoom,
            Some(found) if found.is_direct() => Denied::DirectStays,
            _ => Denied::RoomAdminsOnly,
        })
    }

    pub(super) fn is_member_or_owner(&self, person: &PersonId) -> bool {
        is_owner(person) || self.account(person).is_some()
    }
}
