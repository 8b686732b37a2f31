//! A room's rules and members, and what follows from them for a person.

use std::collections::BTreeMap;

use holdline_shared::{
    Person, PersonId, Role, RoomName, RoomPolicy, RoomStanding, Timestamp, Topic, Visibility, Writers,
};

use super::{Access, Denied, is_owner};

/// The beginnings of the names that the server gives to rooms that are not public. Nobody else makes rooms of such names, so
/// that the answer does not depend on whether there is one.
pub(crate) const PRIVATE: &str = "private-";
pub(crate) const DIRECT: &str = "direct-";

/// The visibility that every room of such a name was made with.
pub(crate) fn visibility_of_name(room: &RoomName) -> Option<Visibility> {
    let begins = |start: &str| room.as_str().starts_with(start);
    if begins(PRIVATE) { Some(Visibility::Private) } else { begins(DIRECT).then_some(Visibility::Direct) }
}

/// The rules and the members of a room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RoomAccess {
    pub(crate) policy: RoomPolicy,
    pub(crate) members: BTreeMap<PersonId, Member>,
    /// The people who were removed, and until when they may not come back.
    pub(crate) barred: BTreeMap<PersonId, Timestamp>,
}

/// A member, or somebody who may not write for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) person: Person,
    pub(crate) role: Role,
    pub(crate) muted_until: Option<Timestamp>,
    /// The time at which the person became a member.
    pub(crate) since: Timestamp,
    /// Whether an entry of the room says so. Whoever came by an invite still has to say it.
    pub(crate) is_announced: bool,
}

impl RoomAccess {
    /// The person's part in this room.
    pub(crate) fn role(&self, person: &PersonId) -> Role {
        self.members.get(person).map_or(Role::None, |member| member.role)
    }

    /// The members, without those who are merely muted.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values().filter(|member| member.role > Role::None)
    }

    /// The number of members.
    pub(crate) fn member_count(&self) -> usize {
        self.members().count()
    }

    /// Whether the room is among a few people, whom nobody rules.
    pub(crate) fn is_direct(&self) -> bool {
        self.policy.visibility == Visibility::Direct
    }

    /// Whether everybody may read the room.
    pub(crate) fn is_public(&self) -> bool {
        self.policy.visibility == Visibility::Public
    }
}

impl Access {
    /// Whether a person whom the door let in may read the room. Nobody may read the reserved room, and of the rooms that
    /// are not public only members.
    pub(crate) fn may_read(&self, person: Option<&PersonId>, room: &RoomName) -> bool {
        if room.is_reserved() || self.is_retired(room) {
            return false;
        }
        self.room(room).is_none_or(|room| {
            room.is_public() || person.is_some_and(|person| room.role(person) > Role::None)
        })
    }

    /// Whether the person may change the room, its members and others' messages: an admin of the room, or of the server
    /// as far as they may read the room. A direct room has none.
    pub(crate) fn is_room_admin(&self, person: &PersonId, room: &RoomName) -> bool {
        let found = self.room(room);
        if found.is_some_and(RoomAccess::is_direct) {
            return is_owner(person);
        }
        let is_own = found.is_some_and(|room| room.role(person) == Role::Admin);
        is_owner(person)
            || (is_own && self.account(person).is_some())
            || (self.is_admin(person) && self.may_read(Some(person), room))
    }

    /// A room's rules and the person's part in it. A direct room is called after the others in it.
    pub(crate) fn standing(&self, person: Option<&PersonId>, room: &RoomName) -> RoomStanding {
        let Some(room) = self.room(room) else { return RoomStanding::default() };
        let own = person.and_then(|person| room.members.get(person));
        let role = own.map_or(Role::None, |member| member.role);
        let mut policy = room.policy.clone();
        if room.is_direct() {
            policy.title = self.names_but(person, room);
        }
        RoomStanding {
            policy,
            role,
            muted_until: own.and_then(|member| member.muted_until),
            members: if role > Role::None { room.member_count() } else { 0 },
        }
    }

    fn names_but(&self, person: Option<&PersonId>, room: &RoomAccess) -> Topic {
        let others = room.members.values().filter(|member| Some(&member.person.id) != person);
        let names: Vec<&str> = others
            .map(|member| {
                self.account(&member.person.id)
                    .map_or(&member.person, |account| &account.person)
                    .name
                    .as_str()
            })
            .collect();
        Topic::received(names.join(", "))
    }

    /// Whether the person may take part in the room at all: delete a message, take a reaction back. A guest's name is looked at
    /// first, so that the answer does not depend on whether there is the room.
    pub(crate) fn check_part(&self, author: &Person, room: &RoomName, at: Timestamp) -> Result<(), Denied> {
        if is_owner(&author.id) {
            return Ok(());
        }
        self.check_standing(author, at)?;
        let may_enter = self.may_post(&author.id, room, at);
        if !may_enter.unwrap_or_else(|| self.may_read(Some(&author.id), room)) {
            return Err(Denied::UnknownRoom);
        }
        if self.account(&author.id).is_none() && self.owner_of_name(author.name.as_str()).is_some() {
            return Err(Denied::NameTaken);
        }
        let Some(found) = self.room(room) else { return Ok(()) };
        if found.policy.archived {
            return Err(Denied::Archived);
        }
        match found.members.get(&author.id).and_then(|member| member.muted_until) {
            Some(until) if at < until => Err(Denied::Muted { until }),
            _ => Ok(()),
        }
    }

    /// Whether the person may react in the room. Where only admins write, others may still say by an emoji what they think.
    pub(crate) fn check_reaction(
        &self,
        author: &Person,
        room: &RoomName,
        at: Timestamp,
    ) -> Result<(), Denied> {
        self.check_part(author, room, at)?;
        let Some(RoomAccess { policy, .. }) = self.room(room) else { return Ok(()) };
        if policy.locked && !self.is_room_admin(&author.id, room) {
            return Err(Denied::Locked);
        }
        let needs_account = policy.members_only && self.hook(&author.id).is_none();
        if needs_account && self.account(&author.id).is_none() && !is_owner(&author.id) {
            return Err(Denied::MembersWrite);
        }
        Ok(())
    }

    /// Whether the person may write in the room: say something, change what they said, set the topic. Slow mode is decided by
    /// whoever knows when the person last did. A webhook may write where only admins or members may: an admin of the room made
    /// it.
    pub(crate) fn check_write(&self, author: &Person, room: &RoomName, at: Timestamp) -> Result<(), Denied> {
        self.check_reaction(author, room, at)?;
        let is_for_admins = self.room(room).is_some_and(|room| room.policy.writers == Writers::Admins);
        let is_let_in = || self.hook(&author.id).is_some() || self.is_room_admin(&author.id, room);
        if is_for_admins && !is_let_in() {
            return Err(Denied::AdminsWrite);
        }
        Ok(())
    }

    /// The seconds of slow mode that hold for this person in this room; 0 for none.
    pub(crate) fn slow_seconds(&self, author: &PersonId, room: &RoomName) -> u32 {
        let seconds = self.room(room).map_or(0, |room| room.policy.slow_seconds);
        if seconds == 0 || self.is_room_admin(author, room) { 0 } else { seconds }
    }
}
