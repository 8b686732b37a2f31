//! Who may do what: the door, the people, their sessions, the rooms' rules and members, bans, invites, tokens, hooks. One
//! immutable snapshot, folded from the log's entries; pure, without a clock and without randomness.
//!
//! `check` decides on a change before it becomes an entry, `fold` applies the entry. Answers to requests are not made here.

mod audit;
mod change;
mod check;
mod damage;
mod denied;
mod fold;
mod handle;
mod hooks;
mod invites;
mod last_admin;
mod names;
mod rooms;
mod secret;
mod secret_versions;
mod shared_map;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{Door, Entry, Person, PersonId, RoomName, Seq, Timestamp, Topic};

pub(crate) use self::audit::AuditLine;
pub(crate) use self::change::{
    AccessChange, Ban, Hook, HookWay, Invite, InviteGives, Token, Verb, concerns_readers, is_for_everybody,
};
pub(crate) use self::check::DIRECT_PEOPLE;
pub(crate) use self::damage::Gist;
pub use self::denied::Denied;
pub use self::handle::AccessHandle;
pub(crate) use self::hooks::HookState;
pub(crate) use self::names::Skeleton;
pub(crate) use self::rooms::{DIRECT, PRIVATE, RoomAccess, visibility_of_name};
pub(crate) use self::secret::{Secret, SecretHash, make_id};
pub(crate) use self::secret_versions::{SecretVersion, SecretVersions};
use self::shared_map::SharedMap;

/// A snapshot of who may do what. Clones share all that none of them has changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Access {
    door: DoorState,
    people: SharedMap<PersonId, Arc<Account>>,
    /// The accounts by what their names look like.
    names: SharedMap<Skeleton, PersonId>,
    /// The people who are gone for good: erased accounts, and removed hooks.
    erased: SharedMap<PersonId, ()>,
    /// The rooms that have rules or members.
    rooms: SharedMap<RoomName, Arc<RoomAccess>>,
    /// The number of rooms that are not public.
    hidden_rooms: usize,
    /// The names of deleted rooms that were not public. They stay taken, so that nobody reads under such a name what a read
    /// from before the deletion still has in hand.
    retired: SharedMap<RoomName, ()>,
    invites: SharedMap<SecretHash, Arc<InviteState>>,
    bans: BTreeMap<String, Arc<Ban>>,
    tokens: SharedMap<SecretHash, Arc<Token>>,
    hooks: BTreeMap<PersonId, Arc<HookState>>,
    /// The last change of each person's memberships.
    memberships: SharedMap<PersonId, Seq>,
    /// The position at which a room for everybody was made or deleted last. That one was made is noted while the log is open, and
    /// does not follow from the entries.
    public_rooms: Seq,
    secret_versions: Arc<SecretVersions>,
}

/// The way in for strangers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DoorState {
    /// The door that was chosen; `None` while nobody has.
    pub(crate) chosen: Option<Door>,
    /// The join password's argon2id hash.
    pub(crate) password: Option<Arc<str>>,
    /// The number of changes, those of the password included: at a door that is not open, the sessions of guests who came
    /// in before the last one are void.
    pub(crate) changes: u64,
}

impl DoorState {
    /// The door in force.
    pub(crate) fn door(&self) -> Door {
        self.chosen.unwrap_or_default()
    }

    /// Whether a name is enough to come in.
    pub(crate) fn is_open(&self) -> bool {
        self.door() == Door::Open
    }
}

/// A member or a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) person: Person,
    pub(crate) is_bot: bool,
    pub(crate) is_admin: bool,
    /// The passphrase's argon2id hash.
    pub(crate) passphrase: Option<Arc<str>>,
    pub(crate) about: Topic,
    /// The name of a time zone, such as `Europe/Zurich`; empty for none.
    pub(crate) time_zone: String,
    pub(crate) sessions: BTreeMap<SecretHash, SessionState>,
    pub(crate) joined: Timestamp,
}

/// The time after which a session that is not used ends.
pub(crate) const SESSION_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// The age at which a session is renewed, and at which another use of it is noted.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The number of sessions of one account; the one that was unused for longest makes room for a new one.
const SESSIONS: usize = 100;

/// A session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionState {
    /// The browser or program, as it named itself.
    pub(crate) device: Topic,
    pub(crate) begun: Timestamp,
    /// The last use, to the day.
    pub(crate) used: Timestamp,
}

impl SessionState {
    /// Whether a use at this time is to be noted.
    pub(crate) fn is_use_news(&self, at: Timestamp) -> bool {
        at.since(self.used) >= DAY
    }
}

/// An invite, and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InviteState {
    pub(crate) invite: Invite,
    pub(crate) by: Person,
    pub(crate) used: u32,
}

impl Access {
    /// The way in for strangers.
    pub(crate) fn door(&self) -> &DoorState {
        &self.door
    }

    /// The account of a person; `None` for a guest.
    pub(crate) fn account(&self, person: &PersonId) -> Option<&Account> {
        self.people.get(person).map(|account| &**account)
    }

    /// The account of this name, or of one that looks the same.
    pub(crate) fn account_named(&self, name: &str) -> Option<&Account> {
        self.owner_of_name(name).and_then(|person| self.account(person))
    }

    /// The person whose account has this name, or one that looks the same.
    fn owner_of_name(&self, name: &str) -> Option<&PersonId> {
        // Runs for every message of a guest, and making a skeleton is the most expensive step.
        if self.names.is_empty() {
            return None;
        }
        Skeleton::both(name).iter().find_map(|skeleton| self.names.get(skeleton))
    }

    /// The accounts, in no particular order.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.people.values().map(|account| &**account)
    }

    /// Whether anybody is more than a guest.
    pub(crate) fn has_accounts(&self) -> bool {
        !self.people.is_empty()
    }

    /// Whether the person's account was erased, or the person was a hook that was removed.
    pub(crate) fn is_erased(&self, person: &PersonId) -> bool {
        self.erased.contains(person)
    }

    /// Whether somebody other than `person` may not take this name: it is, or looks like, an account's or the server's own,
    /// or it would be taken for somebody's id.
    pub(crate) fn is_name_taken(&self, name: &str, person: &PersonId) -> bool {
        let is_others = |owner: &PersonId| owner != person;
        Skeleton::both(name).iter().any(Skeleton::is_reserved)
            || self.owner_of_name(name).is_some_and(is_others)
            || PersonId::is_like_random(name)
            || PersonId::parse(name).is_ok_and(|id| is_others(&id) && self.people.contains(&id))
    }

    /// The session of an account by the hash of its id.
    pub(crate) fn session(&self, person: &PersonId, session: &SecretHash) -> Option<&SessionState> {
        self.account(person)?.sessions.get(session)
    }

    /// An invite that was not revoked nor used up.
    pub(crate) fn invite(&self, code: &SecretHash) -> Option<&InviteState> {
        self.invites.get(code).map(|invite| &**invite)
    }

    /// An invite that still works at this time.
    pub(crate) fn usable_invite(&self, code: &SecretHash, at: Timestamp) -> Option<&InviteState> {
        self.invite(code).filter(|state| state.used < state.invite.uses && at < state.invite.expires)
    }

    /// The invites that were not revoked nor used up.
    pub(crate) fn invites(&self) -> impl Iterator<Item = &InviteState> {
        self.invites.values().map(|invite| &**invite)
    }

    /// The ban in force against a person or an address, of several the last to end.
    pub(crate) fn ban_of(
        &self,
        person: Option<&PersonId>,
        visitor: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<&Ban> {
        let is_meant = |ban: &&Arc<Ban>| {
            let is_person = ban.person.as_ref().is_some_and(|banned| Some(&banned.id) == person);
            let is_visitor = ban.visitor.is_some() && ban.visitor == visitor;
            let is_persons_visitor = visitor.is_some_and(|visitor| ban.visitors.contains(&visitor));
            ((is_person || is_visitor) && ban.until.is_none_or(|until| now < until))
                || (is_persons_visitor && ban.visitors_until.is_some_and(|until| now < until))
        };
        let end = |ban: &&Arc<Ban>| ban.until.unwrap_or(Timestamp(u64::MAX));
        self.bans.values().filter(is_meant).max_by_key(end).map(|ban| &**ban)
    }

    /// Whether anybody was ever banned.
    pub(crate) fn has_bans(&self) -> bool {
        !self.bans.is_empty()
    }

    /// The bans, those that are over included.
    pub(crate) fn bans(&self) -> impl Iterator<Item = &Ban> {
        self.bans.values().map(|ban| &**ban)
    }

    /// A token by its hash.
    pub(crate) fn token(&self, secret: &SecretHash) -> Option<&Token> {
        self.tokens.get(secret).map(|token| &**token)
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values().map(|token| &**token)
    }

    /// The versions of the log's secret. The same object until there is a new version.
    pub(crate) fn secret_versions(&self) -> &Arc<SecretVersions> {
        &self.secret_versions
    }

    /// The rules and members of a room; `None` for a room that has neither, which is public.
    pub(crate) fn room(&self, room: &RoomName) -> Option<&RoomAccess> {
        self.rooms.get(room).map(|room| &**room)
    }

    /// The rooms that have rules or members.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = (&RoomName, &RoomAccess)> {
        self.rooms.iter().map(|(name, room)| (name, &**room))
    }

    /// Whether there is, or was, a room that not everybody may read.
    pub(crate) fn hides_rooms(&self) -> bool {
        self.hidden_rooms > 0 || !self.retired.is_empty()
    }

    /// Whether this was the name of a room that was not public and is deleted.
    pub(crate) fn is_retired(&self, room: &RoomName) -> bool {
        self.retired.contains(room)
    }

    /// The position of the last change of the person's memberships; zero for none.
    pub(crate) fn memberships(&self, person: &PersonId) -> Seq {
        self.memberships.get(person).copied().unwrap_or(Seq::START)
    }

    /// The position at which a room for everybody was made or deleted last, as far as that was noted; zero for none.
    pub(crate) fn public_rooms(&self) -> Seq {
        self.public_rooms
    }

    /// Notes that this entry made a room for everybody.
    pub(crate) fn note_public_room(&mut self, made: &Entry) {
        self.public_rooms = made.seq;
    }

    /// The snapshot without what tells pages when to look at their lists: changes of memberships in rooms that were deleted are
    /// gone with the rooms' entries, and rooms that are made are noted only as long as the log is open.
    #[cfg(test)]
    pub(crate) fn rights(&self) -> Self {
        Self { memberships: SharedMap::default(), ..self.folded() }
    }

    /// The snapshot as it follows from the entries alone.
    #[cfg(test)]
    pub(crate) fn folded(&self) -> Self {
        Self { public_rooms: Seq::START, ..self.clone() }
    }

    /// Whether the person is an admin of the server.
    pub(crate) fn is_admin(&self, person: &PersonId) -> bool {
        is_owner(person) || self.account(person).is_some_and(|account| account.is_admin)
    }
}

/// The name that stands in place of an erased person's.
pub(crate) const NOBODY: &str = Person::ERASED;

/// Whether the person is the server or another program in it, which is in no room and cannot be kept out.
fn is_program(person: &PersonId) -> bool {
    [Person::house(), Person::anonymous(), Person::stdin()].iter().any(|program| program.id == *person)
}

/// Whether the person is the server itself, in whose name its owner acts.
pub(crate) fn is_owner(person: &PersonId) -> bool {
    *person == Person::house().id
}
