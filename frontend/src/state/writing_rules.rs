//! The reasons why the reader cannot write in a room, as far as the page knows, so that the composer shows them instead
//! of failing after Enter. The server decides; any other refusal is shown at the message.

use holdline_shared::{Role, RoomStanding, Timestamp, Visibility, Writers};

use super::Session;

/// The reason why the reader cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// The room is archived.
    Archived,
    /// The room is locked for now.
    Locked,
    /// Only the room's admins write.
    AdminsWrite,
    /// The reader is a guest, and only members write.
    MembersWrite,
    /// The reader may not write until this moment.
    Muted(Timestamp),
}

/// The rights of the reader over the messages of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Powers {
    /// Whether the reader can delete them.
    pub can_delete: bool,
    /// Whether the reader can report them, because there are admins.
    pub can_report: bool,
}

/// Returns the reason why the reader cannot write at the moment `now`, if any.
pub fn barrier(standing: &RoomStanding, session: &Session, now: Timestamp) -> Option<Barrier> {
    let policy = &standing.policy;
    if policy.archived {
        return Some(Barrier::Archived);
    }
    if let Some(until) = standing.muted_until.filter(|until| now < *until) {
        return Some(Barrier::Muted(until));
    }
    if is_room_admin(standing, session) {
        return None;
    }
    if policy.locked {
        return Some(Barrier::Locked);
    }
    if policy.writers == Writers::Admins {
        return Some(Barrier::AdminsWrite);
    }
    (policy.members_only && !session.is_member()).then_some(Barrier::MembersWrite)
}

/// The minimum number of seconds between two messages of the reader; 0 for the room's admins.
pub fn slow_seconds(standing: &RoomStanding, session: &Session) -> u32 {
    if is_room_admin(standing, session) { 0 } else { standing.policy.slow_seconds }
}

/// Whether the reader may change the room, its members and the messages of others. A direct room has no admins.
pub fn is_room_admin(standing: &RoomStanding, session: &Session) -> bool {
    standing.policy.visibility != Visibility::Direct && (standing.role == Role::Admin || session.is_admin())
}

#[cfg(test)]
mod tests {
    use holdline_shared::RoomPolicy;

    use super::*;
    use crate::state::samples::account;

    const NOW: Timestamp = Timestamp(1_000);

    fn standing(role: Role, policy: RoomPolicy) -> RoomStanding {
        RoomStanding { policy, role, ..RoomStanding::default() }
    }

    #[test]
    fn barrier_is_the_servers_rule() {
        let guest = Session { me: Some(crate::state::samples::person("ada")), ..Session::default() };
        let member = Session { account: Some(account(false)), ..guest.clone() };
        let admin = Session { account: Some(account(true)), ..guest.clone() };
        let archived = RoomPolicy { archived: true, ..RoomPolicy::default() };
        let locked = RoomPolicy { locked: true, ..RoomPolicy::default() };
        let admins = RoomPolicy { writers: Writers::Admins, ..RoomPolicy::default() };
        let members = RoomPolicy { members_only: true, ..RoomPolicy::default() };
        for (policy, guests, members, admins) in [
            (RoomPolicy::default(), None, None, None),
            (archived, Some(Barrier::Archived), Some(Barrier::Archived), Some(Barrier::Archived)),
            (locked, Some(Barrier::Locked), Some(Barrier::Locked), None),
            (admins, Some(Barrier::AdminsWrite), Some(Barrier::AdminsWrite), None),
            (members, Some(Barrier::MembersWrite), None, None),
        ] {
            let room = standing(Role::None, policy.clone());
            let found = [&guest, &member, &admin].map(|session| barrier(&room, session, NOW));
            assert_eq!(found, [guests, members, admins], "{policy:?}");
            assert_eq!(barrier(&standing(Role::Admin, policy), &guest, NOW), admins);
        }
        let muted = RoomStanding { muted_until: Some(Timestamp(1_001)), ..RoomStanding::default() };
        assert_eq!(barrier(&muted, &admin, NOW), Some(Barrier::Muted(Timestamp(1_001))));
        assert_eq!(barrier(&muted, &guest, Timestamp(1_001)), None);
    }

    #[test]
    fn admins_are_not_slowed() {
        let slow = standing(Role::Member, RoomPolicy { slow_seconds: 9, ..RoomPolicy::default() });
        let session = Session::default();
        assert_eq!(slow_seconds(&slow, &session), 9);
        assert_eq!(slow_seconds(&RoomStanding { role: Role::Admin, ..slow }, &session), 0);
    }
}
