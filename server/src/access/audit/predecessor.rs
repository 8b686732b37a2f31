//! What an audit line has to tell and its entry does not: the ban that was lifted, and the act behind the new standing of a member.
//! Both follow from an earlier entry.

use holdline_shared::{Entry, EntryKind, MemberChange, Role, Timestamp};
use serde_json::{Map, Value, json};

use crate::access::{AccessChange, Ban};

/// The change that a later one ends or alters.
pub(super) enum Predecessor {
    Ban(Box<Ban>),
    Member(Standing),
}

/// The standing of a member in a room.
#[derive(Default, Clone, Copy)]
pub(super) struct Standing {
    role: Role,
    muted_until: Option<Timestamp>,
}

/// Whether the entry may be the predecessor of a later one.
pub(super) fn is_told_of_later(entry: &Entry) -> bool {
    match &entry.kind {
        EntryKind::Member(_) | EntryKind::Room { policy: Some(_), .. } => true,
        EntryKind::Access { change } => change.contains(r#""banned""#),
        _ => false,
    }
}

/// Whether there may be an earlier entry that tells more about this one.
pub(super) fn refers_back(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Member(_)) || lifted_ban(entry).is_some()
}

/// Finds the change that `entry` ends or alters among earlier entries, the newest first.
pub(super) fn predecessor(entry: &Entry, earlier: &[Entry]) -> Option<Predecessor> {
    if let EntryKind::Member(change) = &entry.kind {
        let person = &change.person.id;
        let standing =
            earlier.iter().filter(|before| before.room == entry.room).find_map(|before| match &before.kind {
                EntryKind::Member(before) if before.person.id == *person => {
                    Some(Standing { role: before.role, muted_until: before.muted_until })
                }
                // Whoever makes the rules of a room is its admin.
                EntryKind::Room { policy: Some(_), .. } if before.author.id == *person => {
                    Some(Standing { role: Role::Admin, muted_until: None })
                }
                _ => None,
            });
        return standing.map(Predecessor::Member);
    }
    let lifted = lifted_ban(entry)?;
    earlier.iter().find_map(|before| match &before.kind {
        // Most entries are passed over without being parsed.
        EntryKind::Access { change } if change.contains(&lifted) => match serde_json::from_str(change) {
            Ok(AccessChange::Banned { ban }) if ban.id == lifted => Some(Predecessor::Ban(Box::new(ban))),
            _ => None,
        },
        _ => None,
    })
}

fn lifted_ban(entry: &Entry) -> Option<String> {
    let EntryKind::Access { change } = &entry.kind else { return None };
    match serde_json::from_str(change) {
        Ok(AccessChange::Unbanned { id }) => Some(id),
        _ => None,
    }
}

/// Adds to a shown change the person and the addresses that were banned.
pub(super) fn tell_ban(ban: Ban, shown: &mut Map<String, Value>) {
    if let Some(person) = ban.person {
        shown.insert("person".to_owned(), json!(person));
    }
    if let Some(visitor) = ban.visitor {
        shown.insert("visitor".to_owned(), json!(visitor));
    }
    if !ban.visitors.is_empty() {
        shown.insert("visitors".to_owned(), json!(ban.visitors));
    }
}

/// The name of what the author of `entry` did with a member, whose standing was `before`.
pub(super) fn act(entry: &Entry, change: &MemberChange, before: Standing) -> &'static str {
    let is_own = entry.author.id == change.person.id;
    let Standing { role, muted_until: mute } = before;
    match (change.muted_until, change.role) {
        (Some(until), _) if Some(until) != mute => {
            if entry.at < until {
                "muted"
            } else {
                "unmuted"
            }
        }
        (None, now) if mute.is_some() && now == role => "unmuted",
        (_, Role::None) if is_own => "left",
        (_, Role::None) => "removed",
        (_, now) if role != Role::None && role != now => "role_changed",
        _ if is_own => "joined",
        _ => "added",
    }
}
