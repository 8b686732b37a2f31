//! The rule for a record about who may do what that the disk has damaged. Its loss must give nobody a right: in its place
//! stands the strictest change that it can have been, as far as the gist that is kept beside it tells.

use std::sync::Arc;

use holdline_shared::{
    Door, Entry, EntryKind, MemberChange, Nickname, Person, PersonId, Role, RoomName, Seq, Timestamp, Topic,
};
use serde_json::Value;

use super::rooms::visibility_of_name;
use super::{Access, AccessChange, Ban};

/// A time that does not come.
const END_OF_TIME: Timestamp = Timestamp(u64::MAX >> 12);

/// The kind of a record, and whom or what it concerns. No secret, and no name of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gist {
    pub(crate) kind: String,
    /// The id of the person, invite, token or hook, the hash of a code, an address, or a room's name.
    pub(crate) subject: String,
}

impl Gist {
    /// The gist of an entry that says who may do what; `None` for any other.
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let (kind, subject) = match &entry.kind {
            EntryKind::Room { policy: Some(_), .. } => ("room".to_owned(), String::new()),
            EntryKind::Member(change) => ("member".to_owned(), change.person.id.as_str().to_owned()),
            EntryKind::Access { change } => {
                let change: Value = serde_json::from_str(change).unwrap_or_default();
                let parts = ["invite", "ban", "token", "hook"].iter().filter_map(|part| change.get(part));
                let subject = std::iter::once(&change).chain(parts).find_map(subject_of).unwrap_or_default();
                (change["change"].as_str().unwrap_or_default().to_owned(), subject.to_owned())
            }
            _ => return None,
        };
        Some(Self { kind, subject })
    }

    /// The rule that holds now, and how the owner changes it; for the server's log and for checks.
    pub(crate) fn consequence(&self, room: &RoomName) -> String {
        let Self { kind, subject } = self;
        match kind.as_str() {
            "door" => {
                "it changed the door, which counts as `invite` until it is changed: holdline admin door".to_owned()
            }
            "room" | "member" if *room == RoomName::lobby() => {
                "it concerned the lobby, which is locked until that is changed: holdline admin rooms rules lobby"
                    .to_owned()
            }
            "room" | "member" => format!(
                "it concerned the rules or the members of the room {room}, which is hidden from all but the members that are \
                 known until that is changed: holdline admin rooms rules {room} --visibility, rooms members {room}"
            ),
            "banned" => {
                format!("it banned {subject}, who is banned until that ends: holdline admin bans")
            }
            "admin" => format!(
                "it made {subject} an admin or none; none, until that is changed: holdline admin people admin {subject} on"
            ),
            "passphrase" => {
                format!("it changed the passphrase of {subject}, who cannot sign in by one any more")
            }
            kind => format!("a change of access ({kind} {subject}); what it allowed is lost, and what it ended has ended"),
        }
    }

    /// The entry that takes the place of the damaged one in a copy of the log; `None` if its loss opens nothing.
    pub(crate) fn stand_in(&self, seq: Seq, at: Timestamp, room: &RoomName, topic: Topic) -> Option<Entry> {
        let kind = match self.kind.as_str() {
            "room" => {
                let mut hidden = Access::default();
                hidden.hide(room);
                let policy = hidden.room(room).map(|room| Box::new(room.policy.clone()));
                EntryKind::Room { topic, policy }
            }
            "member" => {
                let id = PersonId::received(self.subject.as_str());
                let person = Person { name: Nickname::from(&id), id };
                let (muted_until, until, reason) = (Some(END_OF_TIME), None, None);
                EntryKind::Member(Box::new(MemberChange {
                    person,
                    role: Role::None,
                    until,
                    muted_until,
                    reason,
                }))
            }
            // A change is made of strings and numbers; encoding it cannot fail.
            _ => {
                EntryKind::Access { change: serde_json::to_string(&self.strictest(seq)?).unwrap_or_default() }
            }
        };
        Some(Entry { seq, room: room.clone(), at, author: Person::house(), kind })
    }

    /// The strictest change of this kind; `None` if no such change can end a right.
    fn strictest(&self, seq: Seq) -> Option<AccessChange> {
        let subject = || self.subject.clone();
        let person = || PersonId::received(subject());
        Some(match self.kind.as_str() {
            "door" => AccessChange::Door { door: Door::Invite, password: None },
            "invite_revoked" => AccessChange::InviteRevoked { id: subject() },
            // No passphrase has an empty hash.
            "passphrase" => {
                AccessChange::Passphrase { person: person(), passphrase: String::new(), session: None }
            }
            "admin" => AccessChange::Admin { person: person(), on: false },
            "session_ended" | "sessions_ended" => {
                AccessChange::SessionsEnded { person: person(), except: None }
            }
            // Nobody has this salt, so every session ends.
            "secret_rotated" => {
                AccessChange::SecretRotated { salt: format!("damaged{seq}"), grace_until: Timestamp(0) }
            }
            "banned" => {
                let id = format!("damaged{seq}");
                let visitor = self.subject.parse().ok();
                let banned = Person { name: Nickname::from(&person()), id: person() };
                let person = visitor.is_none().then_some(banned);
                let reason = Topic::received("the record of this ban is damaged");
                let (visitors, visitors_until) = (Vec::new(), None);
                let ban = Ban { id, person, visitor, visitors, until: None, visitors_until, reason };
                AccessChange::Banned { ban }
            }
            "erased" => AccessChange::Erased { person: person(), keep_messages: true },
            "token_revoked" => AccessChange::TokenRevoked { id: subject() },
            // The room is lost, and only shown.
            "hook_removed" => AccessChange::HookRemoved { id: person(), room: RoomName::lobby() },
            "room_deleted" => {
                AccessChange::RoomDeleted { room: RoomName::received(subject()), was_hidden: true }
            }
            _ => return None,
        })
    }
}

/// The subject of a change: of a ban the person or the address, of everything else its id if it has one.
fn subject_of<'a>(change: &'a Value) -> Option<&'a str> {
    let is_ban = change.get("reason").is_some();
    let names = if is_ban { ["person", "visitor", "room"] } else { ["id", "invite", "person"] };
    let text = |value: &'a Value| value.as_str().or_else(|| value["id"].as_str());
    names
        .iter()
        .filter_map(|name| change.get(name))
        .find_map(text)
        .or_else(|| change.get("room").and_then(text))
}

impl Access {
    /// Applies the strictest change that a damaged record of a room can have been.
    pub(crate) fn apply_damaged(&mut self, seq: Seq, room: &RoomName, gist: &Gist) {
        match gist.kind.as_str() {
            "room" => self.hide(room),
            "member" => {
                self.hide(room);
                if let Some(room) = self.rooms.get_mut(room) {
                    Arc::make_mut(room).members.remove(&PersonId::received(gist.subject.as_str()));
                }
            }
            "redeemed" => self.invites.retain(|state| state.invite.code.as_str() != gist.subject),
            _ => {
                if let Some(change) = gist.strictest(seq) {
                    self.apply_change(change, &Person::house(), Timestamp::default());
                }
            }
        }
    }

    /// Hides a room whose rules are not known, until they are set again. The lobby cannot be hidden and is locked.
    pub(crate) fn hide(&mut self, name: &RoomName) {
        let room = Arc::make_mut(self.rooms.get_or_default(name));
        if *name == RoomName::lobby() {
            room.policy.locked = true;
        } else if room.is_public() {
            room.policy.visibility = visibility_of_name(name).unwrap_or(holdline_shared::Visibility::Private);
            self.hidden_rooms += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SecretHash;
    use super::*;

    #[test]
    fn gist_tells_what_a_lost_change_ended() {
        let (id, ada) = (|| "x1".to_owned(), Person::anonymous());
        let ban = |person: Option<&Person>, visitor: Option<&str>| {
            let visitor = visitor.map(|visitor| visitor.parse().unwrap());
            let (visitors, visitors_until) = (Vec::new(), None);
            let (person, reason) = (person.cloned(), Topic::default());
            let ban = Ban { id: id(), person, visitor, visitors, until: None, visitors_until, reason };
            AccessChange::Banned { ban }
        };
        let (person, room) = (ada.id.clone(), RoomName::lobby());
        let code = SecretHash::of("code");
        let redeemed = AccessChange::Redeemed {
            invite: code.clone(),
            person: ada.clone(),
            passphrase: None,
            has_session: false,
        };
        for (change, kind, subject) in [
            (AccessChange::Door { door: Door::Password, password: Some(id()) }, "door", ""),
            (AccessChange::Admin { person: person.clone(), on: false }, "admin", "anonymous"),
            (AccessChange::Erased { person, keep_messages: false }, "erased", "anonymous"),
            (AccessChange::TokenRevoked { id: id() }, "token_revoked", "x1"),
            (AccessChange::InviteRevoked { id: id() }, "invite_revoked", "x1"),
            (AccessChange::RoomDeleted { room: room.clone(), was_hidden: false }, "room_deleted", "lobby"),
            (redeemed, "redeemed", code.as_str()),
            (ban(Some(&ada), None), "banned", "anonymous"),
            (ban(None, Some("192.0.2.7")), "banned", "192.0.2.7"),
        ] {
            let change = serde_json::to_string(&change).unwrap();
            let kind_of_entry = EntryKind::Access { change };
            let (seq, at) = (Seq(7), Timestamp::default());
            let entry = Entry { seq, room: room.clone(), at, author: ada.clone(), kind: kind_of_entry };
            let gist = Gist::of(&entry).unwrap();
            assert_eq!((gist.kind.as_str(), gist.subject.as_str()), (kind, subject));
            assert_eq!(gist.strictest(seq).is_some(), kind != "redeemed", "{kind}");
            // What it ended was not there: nothing happens.
            Access::default().apply_damaged(seq, &room, &gist);
        }
    }
}
