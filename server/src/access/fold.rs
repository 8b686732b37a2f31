//! Applies entries to a snapshot. Total: an entry that makes no sense, such as one that a damaged log has without its
//! predecessors, changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdline_shared::{
    Entry, EntryKind, MemberChange, Nickname, Person, PersonId, Role, RoomName, RoomPolicy, Timestamp, Topic,
};

use super::rooms::{Member, RoomAccess};
use super::{
    Access, AccessChange, Account, HookState, Invite, InviteGives, InviteState, NOBODY, SESSION_AGE,
    SESSIONS, SecretHash, SessionState, Skeleton,
};

impl Access {
    /// Applies an entry, and returns whether it changed who may do what.
    pub(crate) fn apply(&mut self, entry: &Entry) -> bool {
        match &entry.kind {
            EntryKind::Room { policy: Some(policy), .. } => {
                self.set_policy(&entry.room, policy, &entry.author, entry.at);
                // Whoever gives a room its first rules becomes its admin.
                self.memberships.insert(entry.author.id.clone(), entry.seq);
            }
            EntryKind::Member(change) => {
                self.change_member(&entry.room, &entry.author, change, entry.at);
                self.memberships.insert(change.person.id.clone(), entry.seq);
            }
            EntryKind::Access { change } => match serde_json::from_str(change) {
                Ok(change) => {
                    if matches!(change, AccessChange::RoomDeleted { was_hidden: false, .. }) {
                        self.public_rooms = entry.seq;
                    }
                    self.apply_change(change, &entry.author, entry.at);
                }
                Err(error) => {
                    tracing::error!(seq = %entry.seq, %error, "a change of access is damaged and is passed over");
                    return false;
                }
            },
            _ => return false,
        }
        true
    }

    fn set_policy(&mut self, name: &RoomName, policy: &RoomPolicy, author: &Person, at: Timestamp) {
        let was_hidden = self.room(name).is_some_and(|room| !room.is_public());
        let room = Arc::make_mut(self.rooms.get_or_default(name));
        room.policy = policy.clone();
        // Somebody must be able to change a room back; a direct one is not changed.
        let has_admin = room.members.values().any(|member| member.role == Role::Admin);
        let role = if room.is_direct() {
            Role::Member
        } else if has_admin || !self.people.contains(&author.id) {
            Role::None
        } else {
            Role::Admin
        };
        if role > room.role(&author.id) && !super::is_owner(&author.id) {
            let member =
                Member { person: author.clone(), role, muted_until: None, since: at, is_announced: true };
            room.members.insert(author.id.clone(), member);
        }
        let is_hidden = !room.is_public();
        self.hidden_rooms =
            (self.hidden_rooms + usize::from(is_hidden)).saturating_sub(usize::from(was_hidden));
    }

    fn change_member(&mut self, room: &RoomName, author: &Person, change: &MemberChange, at: Timestamp) {
        let MemberChange { person, role, until, muted_until, .. } = change;
        let room = Arc::make_mut(self.rooms.get_or_default(room));
        let was_admin = room.role(&person.id) == Role::Admin;
        // Nobody ends their own silence by leaving.
        let kept = room.members.get(&person.id).filter(|_| author.id == person.id);
        let muted_until = (*muted_until).max(kept.and_then(|member| member.muted_until));
        if *role == Role::None && muted_until.is_none() {
            room.members.remove(&person.id);
        } else {
            let since = room.members.get(&person.id).filter(|now| now.role > Role::None);
            let since = since.map_or(at, |now| now.since);
            let member =
                Member { person: person.clone(), role: *role, muted_until, since, is_announced: true };
            room.members.insert(person.id.clone(), member);
        }
        match until {
            Some(until) if *role == Role::None => drop(room.barred.insert(person.id.clone(), *until)),
            _ if *role > Role::None => drop(room.barred.remove(&person.id)),
            _ => {}
        }
        if was_admin && *role < Role::Admin {
            self.forget_void_invites(&person.id);
        }
    }

    pub(super) fn apply_change(&mut self, change: AccessChange, by: &Person, at: Timestamp) {
        match change {
            AccessChange::Door { door, password } => {
                self.door.changes += 1;
                self.door.chosen = Some(door);
                if let Some(password) = password {
                    self.door.password = Some(password.into());
                }
            }
            AccessChange::InviteMade { invite } => {
                self.invites.retain(|state| at < state.invite.expires);
                let state = InviteState { by: by.clone(), used: 0, invite };
                self.invites.insert(state.invite.code.clone(), Arc::new(state));
            }
            AccessChange::InviteRevoked { id } => self.invites.retain(|state| state.invite.id != id),
            AccessChange::Joined { person, is_bot, passphrase } => {
                self.add_account(person, is_bot, passphrase, at);
            }
            AccessChange::Redeemed { invite, person, passphrase, .. } => {
                self.redeem(&invite, &person, passphrase, at);
            }
            AccessChange::Profile { person, about, time_zone } => self.rename(person, about, time_zone),
            AccessChange::Passphrase { person, passphrase, session } => {
                self.change_account(&person, |account| account.passphrase = Some(passphrase.into()));
                self.end_sessions(&person, session.as_ref());
            }
            AccessChange::Admin { person, on } => {
                self.change_account(&person, |account| account.is_admin = on);
                self.forget_void_invites(&person);
            }
            AccessChange::SessionBegun { person, session, device } => {
                let state = SessionState { device, begun: at, used: at };
                self.change_account(&person, |account| {
                    account.sessions.retain(|_, session| at.since(session.used) < SESSION_AGE);
                    let oldest = account.sessions.iter().min_by_key(|(_, session)| session.used);
                    if let Some(oldest) = oldest.filter(|_| account.sessions.len() >= SESSIONS) {
                        let oldest = oldest.0.clone();
                        account.sessions.remove(&oldest);
                    }
                    account.sessions.insert(session, state);
                });
            }
            AccessChange::SessionUsed { person, session } => self.change_account(&person, |account| {
                if let Some(session) = account.sessions.get_mut(&session) {
                    session.used = at;
                }
            }),
            AccessChange::SessionEnded { person, session } => {
                self.change_account(&person, |account| drop(account.sessions.remove(&session)));
                self.forget_device_links(&person);
            }
            AccessChange::SessionsEnded { person, except } => self.end_sessions(&person, except.as_ref()),
            AccessChange::Banned { ban } => {
                if let Some(person) = &ban.person {
                    self.end_sessions(&person.id, None);
                    self.invites.retain(|state| state.by.id != person.id);
                    self.tokens.retain(|token| token.person != person.id);
                }
                let person = ban.person.as_ref().map(|person| person.id.clone());
                self.bans.insert(ban.id.clone(), Arc::new(ban));
                if let Some(person) = person {
                    self.replace_room_admin(&person, at);
                }
            }
            AccessChange::Unbanned { id } => drop(self.bans.remove(&id)),
            AccessChange::Erased { person, .. } => self.erase(&person, at),
            AccessChange::TokenMade { token } => {
                self.tokens.insert(token.secret.clone(), Arc::new(token));
            }
            AccessChange::TokenRevoked { id } => self.tokens.retain(|token| token.id != id),
            AccessChange::HookMade { hook } => {
                let state = HookState { by: by.clone(), made: at, hook };
                self.hooks.insert(state.hook.person.id.clone(), Arc::new(state));
            }
            AccessChange::HookRemoved { id, .. } => self.remove_hooks(|state| state.hook.person.id == id),
            AccessChange::SecretRotated { salt, grace_until } => {
                Arc::make_mut(&mut self.secret_versions).rotate(salt, grace_until, at);
                if grace_until <= at {
                    let is_signed_in = |account: &Arc<Account>| !account.sessions.is_empty();
                    self.people.change_all(is_signed_in, |account| Arc::make_mut(account).sessions.clear());
                }
            }
            AccessChange::RoomDeleted { room, was_hidden } => {
                self.forget_room(&room);
                if was_hidden {
                    self.retired.insert(room, ());
                }
            }
            AccessChange::Reported { .. } | AccessChange::MessageDeleted { .. } => {}
        }
    }

    fn add_account(&mut self, person: Person, is_bot: bool, passphrase: Option<String>, at: Timestamp) {
        let account = Account {
            is_bot,
            is_admin: false,
            passphrase: passphrase.map(Into::into),
            about: Topic::default(),
            time_zone: String::new(),
            sessions: BTreeMap::default(),
            joined: at,
            person: person.clone(),
        };
        self.note_name(&person);
        self.people.insert(person.id, Arc::new(account));
    }

    fn redeem(&mut self, code: &SecretHash, person: &Person, passphrase: Option<String>, at: Timestamp) {
        let Some(state) = self.invites.get_mut(code).map(Arc::make_mut) else { return };
        state.used += 1;
        let Invite { gives, room, uses, .. } = state.invite.clone();
        if state.used >= uses {
            self.invites.remove(code);
        }
        if matches!(gives, InviteGives::Member | InviteGives::Admin) {
            if self.account(&person.id).is_none() {
                self.add_account(person.clone(), false, passphrase, at);
            }
            if gives == InviteGives::Admin {
                self.change_account(&person.id, |account| account.is_admin = true);
            }
        }
        // A room without rules has no members, and may be another one tomorrow.
        if let Some(room) = room.and_then(|room| self.rooms.get_mut(&room)) {
            let member = Member {
                person: person.clone(),
                role: Role::None,
                muted_until: None,
                since: at,
                is_announced: false,
            };
            let member = Arc::make_mut(room).members.entry(person.id.clone()).or_insert(member);
            if member.role == Role::None {
                (member.role, member.since, member.is_announced) = (Role::Member, at, false);
            }
        }
    }

    fn note_name(&mut self, person: &Person) {
        for skeleton in Skeleton::both(person.name.as_str()) {
            self.names.insert(skeleton, person.id.clone());
        }
    }

    fn rename(&mut self, person: Person, about: holdline_shared::Topic, time_zone: String) {
        self.forget_name(&person.id);
        self.note_name(&person);
        let id = person.id.clone();
        self.change_account(&id, |account| {
            (account.person, account.about, account.time_zone) = (person, about, time_zone);
        });
    }

    fn erase(&mut self, person: &PersonId, at: Timestamp) {
        self.forget_name(person);
        self.people.remove(person);
        self.memberships.remove(person);
        self.replace_room_admin(person, at);
        self.tokens.retain(|token| token.person != *person);
        self.remove_hooks(|state| state.by.id == *person);
        self.forget_device_links(person);
        let is_member = |room: &Arc<RoomAccess>| room.members.contains_key(person);
        self.rooms.change_all(is_member, |room| drop(Arc::make_mut(room).members.remove(person)));
        self.forget_void_invites(person);
        for ban in self.bans.values_mut() {
            if ban.person.as_ref().is_some_and(|banned| banned.id == *person) {
                let nobody = Person { id: person.clone(), name: Nickname::received(NOBODY) };
                Arc::make_mut(ban).person = Some(nobody);
            }
        }
        self.erased.insert(person.clone(), ());
    }

    /// Gives the name of an account free.
    fn forget_name(&mut self, person: &PersonId) {
        let names = self.account(person).map(|account| Skeleton::both(account.person.name.as_str()));
        for name in names.into_iter().flatten() {
            if self.names.get(&name) == Some(person) {
                self.names.remove(&name);
            }
        }
    }

    /// Ends the sessions of an account but one, and what could begin another one: its links to other devices.
    fn end_sessions(&mut self, person: &PersonId, except: Option<&SecretHash>) {
        self.change_account(person, |account| account.sessions.retain(|session, _| Some(session) == except));
        self.forget_device_links(person);
    }

    fn forget_device_links(&mut self, person: &PersonId) {
        let gives = InviteGives::Device(person.clone());
        self.invites.retain(|state| state.invite.gives != gives);
    }

    fn forget_room(&mut self, room: &RoomName) {
        if self.rooms.remove(room).is_some_and(|room| !room.is_public()) {
            self.hidden_rooms = self.hidden_rooms.saturating_sub(1);
        }
        self.remove_hooks(|state| state.hook.room == *room);
        self.invites.retain(|state| state.invite.room.as_ref() != Some(room));
    }

    fn change_account(&mut self, person: &PersonId, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.people.get_mut(person) {
            change(Arc::make_mut(account));
        }
    }
}
