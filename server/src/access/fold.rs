//! Applies entries to a snapshot. Total: an entry that makes no sense, such as one that a damaged log has without its
//! predecessors, changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdline_shared::{
    Entry, EntryKind, MemberChange, Person, PersonId, Role, RoomName, RoomPolicy, Timestamp, Topic,
};

use super::rooms::Member;
use super::{
    Access, AccessChange, Account, Invite, InviteGives, InviteState, SESSION_AGE, SESSIONS, SecretHash,
    SessionState, Skeleton,
};

impl Access {
    /// Applies an entry, and returns whether it changed who may do what.
    pub(crate) fn apply(&mut self, entry: &Entry) -> bool {
        match &entry.kind {
            EntryKind::Room { policy: Some(policy), .. } => {
                self.set_policy(&entry.room, policy, &entry.author);
                // Whoever gives a room its first rules becomes its admin.
                self.memberships.insert(entry.author.id.clone(), entry.seq);
            }
            EntryKind::Member(change) => {
                self.change_member(&entry.room, &entry.author, change);
                self.memberships.insert(change.person.id.clone(), entry.seq);
            }
            EntryKind::Access { change } => match serde_json::from_str(change) {
                Ok(change) => self.apply_change(change, &entry.author, entry.at),
                Err(error) => {
                    tracing::error!(seq = %entry.seq, %error, "a change of access is damaged and is passed over");
                    return false;
                }
            },
            _ => return false,
        }
        true
    }

    fn set_policy(&mut self, name: &RoomName, policy: &RoomPolicy, author: &Person) {
        let was_hidden = self.room(name).is_some_and(|room| !room.is_public());
        let room = Arc::make_mut(self.rooms.entry(name.clone()).or_default());
        room.policy = policy.clone();
        // Somebody must be able to change a room back.
        let has_admin = room.members.values().any(|member| member.role == Role::Admin);
        if !has_admin && !super::is_owner(&author.id) {
            let member =
                Member { person: author.clone(), role: Role::Admin, muted_until: None, is_announced: true };
            room.members.insert(author.id.clone(), member);
        }
        let is_hidden = !room.is_public();
        self.hidden_rooms =
            (self.hidden_rooms + usize::from(is_hidden)).saturating_sub(usize::from(was_hidden));
    }

    fn change_member(&mut self, room: &RoomName, author: &Person, change: &MemberChange) {
        let MemberChange { person, role, until, muted_until, .. } = change;
        let room = Arc::make_mut(self.rooms.entry(room.clone()).or_default());
        // Nobody ends their own silence by leaving.
        let kept = room.members.get(&person.id).filter(|_| author.id == person.id);
        let muted_until = (*muted_until).max(kept.and_then(|member| member.muted_until));
        if *role == Role::None && muted_until.is_none() {
            room.members.remove(&person.id);
        } else {
            let member = Member { person: person.clone(), role: *role, muted_until, is_announced: true };
            room.members.insert(person.id.clone(), member);
        }
        match until {
            Some(until) if *role == Role::None => room.barred.insert(person.id.clone(), *until),
            _ => room.barred.remove(&person.id),
        };
    }

    fn apply_change(&mut self, change: AccessChange, by: &Person, at: Timestamp) {
        match change {
            AccessChange::Door { door, password } => {
                self.door.changes += 1;
                self.door.chosen = Some(door);
                if let Some(password) = password {
                    self.door.password = Some(password.into());
                }
            }
            AccessChange::InviteMade { invite } => {
                let state = InviteState { by: by.clone(), used: 0, invite };
                self.invites.insert(state.invite.code.clone(), Arc::new(state));
            }
            AccessChange::InviteRevoked { id } => self.invites.retain(|_, state| state.invite.id != id),
            AccessChange::Joined { person, is_bot, passphrase } => {
                self.add_account(person, is_bot, passphrase, at);
            }
            AccessChange::Redeemed { invite, person, passphrase } => {
                self.redeem(&invite, &person, passphrase, at);
            }
            AccessChange::Profile { person, about, time_zone } => self.rename(person, about, time_zone),
            AccessChange::Passphrase { person, passphrase, session } => {
                self.change_account(&person, |account| account.passphrase = Some(passphrase.into()));
                self.end_sessions(&person, session.as_ref());
            }
            AccessChange::Admin { person, on } => {
                self.change_account(&person, |account| account.is_admin = on);
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
            }
            AccessChange::SessionsEnded { person, except } => self.end_sessions(&person, except.as_ref()),
            AccessChange::Banned { ban } => {
                if let Some(person) = &ban.person {
                    self.end_sessions(&person.id, None);
                }
                self.bans.insert(ban.id.clone(), Arc::new(ban));
            }
            AccessChange::Unbanned { id } => drop(self.bans.remove(&id)),
            AccessChange::Erased { person, .. } => self.erase(&person),
            AccessChange::TokenMade { token } => {
                drop(self.tokens.insert(token.secret.clone(), Arc::new(token)));
            }
            AccessChange::TokenRevoked { id } => self.tokens.retain(|_, token| token.id != id),
            AccessChange::HookMade { hook } => drop(self.hooks.insert(hook.id.clone(), Arc::new(hook))),
            AccessChange::HookRemoved { id } => drop(self.hooks.remove(&id)),
            AccessChange::SecretRotated { salt, grace_until } => {
                Arc::make_mut(&mut self.secret_versions).rotate(salt, grace_until, at);
                if grace_until <= at {
                    let people = self.people.values_mut().filter(|account| !account.sessions.is_empty());
                    people.for_each(|account| Arc::make_mut(account).sessions.clear());
                }
            }
            AccessChange::RoomDeleted { room, was_hidden } => {
                self.forget_room(&room);
                if was_hidden {
                    self.retired.insert(room);
                }
            }
            AccessChange::Reported { .. } => {}
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
        self.names.insert(Skeleton::of(person.name.as_str()), person.id.clone());
        self.people.insert(person.id, Arc::new(account));
    }

    fn redeem(&mut self, code: &SecretHash, person: &Person, passphrase: Option<String>, at: Timestamp) {
        let Some(state) = self.invites.get_mut(code).map(Arc::make_mut) else { return };
        state.used += 1;
        let Invite { gives, room, .. } = state.invite.clone();
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
            let member =
                Member { person: person.clone(), role: Role::None, muted_until: None, is_announced: false };
            let member = Arc::make_mut(room).members.entry(person.id.clone()).or_insert(member);
            if member.role == Role::None {
                (member.role, member.is_announced) = (Role::Member, false);
            }
        }
    }

    fn rename(&mut self, person: Person, about: holdline_shared::Topic, time_zone: String) {
        self.names.retain(|_, owner| *owner != person.id);
        self.names.insert(Skeleton::of(person.name.as_str()), person.id.clone());
        let id = person.id.clone();
        self.change_account(&id, |account| {
            (account.person, account.about, account.time_zone) = (person, about, time_zone);
        });
    }

    fn erase(&mut self, person: &PersonId) {
        self.people.remove(person);
        self.memberships.remove(person);
        self.names.retain(|_, owner| owner != person);
        self.tokens.retain(|_, token| token.person != *person);
        self.forget_device_links(person);
        for room in self.rooms.values_mut() {
            if room.members.contains_key(person) {
                Arc::make_mut(room).members.remove(person);
            }
        }
        self.erased.insert(person.clone());
    }

    /// Ends the sessions of an account but one, and what could begin another one: its links to other devices.
    fn end_sessions(&mut self, person: &PersonId, except: Option<&SecretHash>) {
        self.change_account(person, |account| account.sessions.retain(|session, _| Some(session) == except));
        self.forget_device_links(person);
    }

    fn forget_device_links(&mut self, person: &PersonId) {
        let gives = InviteGives::Device(person.clone());
        self.invites.retain(|_, state| state.invite.gives != gives);
    }

    fn forget_room(&mut self, room: &RoomName) {
        if self.rooms.remove(room).is_some_and(|room| !room.is_public()) {
            self.hidden_rooms = self.hidden_rooms.saturating_sub(1);
        }
        self.hooks.retain(|_, hook| hook.room != *room);
        self.invites.retain(|_, state| state.invite.room.as_ref() != Some(room));
    }

    fn change_account(&mut self, person: &PersonId, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.people.get_mut(person) {
            change(Arc::make_mut(account));
        }
    }
}
