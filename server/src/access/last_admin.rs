//! The last admin: of the server, who stays, and of a room, who stays or is followed. Only who can sign in counts.

use std::sync::Arc;

use holdline_shared::{Door, MemberChange, Person, PersonId, Role, Timestamp};

use super::rooms::Member;
use super::{Access, Account, Denied, RoomAccess, SESSION_AGE, is_owner};

impl Access {
    /// Refuses to leave the server without an admin who can sign in, once `gone` is none.
    pub(super) fn keep_an_admin(&self, by: &Person, gone: &PersonId, at: Timestamp) -> Result<(), Denied> {
        let stays = |account: &Account| account.is_admin && account.person.id != *gone;
        let is_left = self.accounts().any(|account| stays(account) && self.can_sign_in(account, at));
        if is_left || is_owner(&by.id) { Ok(()) } else { Err(Denied::LastAdmin) }
    }

    /// Refuses to leave a room with members, but without an admin who can sign in. Of public rooms the server's admins are
    /// admins, too.
    pub(super) fn keep_a_room_admin(
        &self,
        by: &Person,
        found: &RoomAccess,
        change: &MemberChange,
        at: Timestamp,
    ) -> Result<(), Denied> {
        let is_demotion = found.role(&change.person.id) == Role::Admin && change.role < Role::Admin;
        let is_ruled = is_owner(&by.id) || found.is_direct() || (found.is_public() && self.is_admin(&by.id));
        if !is_demotion || is_ruled {
            return Ok(());
        }
        let mut others = found.members().filter(|member| member.person.id != change.person.id).peekable();
        let is_empty = others.peek().is_none() && change.role == Role::None;
        if is_empty || others.any(|member| self.is_able_admin(member, at)) {
            Ok(())
        } else {
            Err(Denied::LastAdmin)
        }
    }

    /// Makes the longest member who can sign in an admin of each room that has no other one than this person. A room without
    /// such a member is left to the owner.
    pub(super) fn replace_room_admin(&mut self, gone: &PersonId, at: Timestamp) {
        let mut rooms = std::mem::take(&mut self.rooms);
        let is_without = |room: &Arc<RoomAccess>| {
            let was_admin = !room.is_direct() && room.role(gone) == Role::Admin;
            was_admin && !room.members().any(|member| self.is_able_admin(member, at))
        };
        rooms.change_all(is_without, |room| {
            let able = room.members().filter(|member| self.is_able(member, at));
            let next = able.min_by_key(|member| member.since).map(|member| member.person.id.clone());
            if let Some(next) = next.and_then(|next| Arc::make_mut(room).members.get_mut(&next)) {
                next.role = Role::Admin;
            }
        });
        self.rooms = rooms;
    }

    /// Whether the member is an admin of the room who can sign in.
    fn is_able_admin(&self, member: &Member, at: Timestamp) -> bool {
        member.role == Role::Admin && self.is_able(member, at)
    }

    /// Whether the member can sign in.
    fn is_able(&self, member: &Member, at: Timestamp) -> bool {
        self.account(&member.person.id).is_some_and(|account| self.can_sign_in(account, at))
    }

    /// Whether somebody can use this account now: a bot cannot sign in, nor whoever is banned, or has neither a passphrase nor
    /// a session. At the door `proxy`, the proxy is the way in.
    fn can_sign_in(&self, account: &Account, at: Timestamp) -> bool {
        let has_way_in = account.passphrase.is_some()
            || self.door.door() == Door::Proxy
            || account.sessions.values().any(|session| at.since(session.used) < SESSION_AGE);
        has_way_in && !account.is_bot && self.ban_of(Some(&account.person.id), None, at).is_none()
    }
}
