//! The words of the quiet lines between messages: who joined, who left, which rules hold.

use holdline_shared::{Entry, EntryKind, Person, Role, RoomPolicy, Visibility, Writers};

/// The sentence for an entry that is no message; nothing for those that are not shown.
pub fn notice(entry: &Entry) -> Option<String> {
    let author = &entry.author;
    let who = author.name.as_str();
    let (done, reason) = match &entry.kind {
        EntryKind::Room { policy: Some(policy), .. } => (rules(policy), None),
        EntryKind::Member(change) => {
            let is_muted = change.muted_until.is_some();
            (member_change(author, &change.person, change.role, is_muted), change.reason.as_ref())
        }
        _ => return None,
    };
    Some(reason.map_or_else(|| format!("{who} {done}."), |reason| format!("{who} {done}: {reason}")))
}

/// The change of somebody's part in a room, without who made it.
pub(super) fn member_change(author: &Person, person: &Person, role: Role, is_muted: bool) -> String {
    let (whom, is_own) = (person.name.as_str(), author.id == person.id);
    match role {
        _ if is_muted => format!("muted {whom} for a time"),
        Role::None if is_own => "left".to_owned(),
        Role::None => format!("removed {whom}"),
        Role::Member if is_own => "joined".to_owned(),
        Role::Member => format!("made {whom} a member"),
        Role::Admin if is_own => "is an admin of this room".to_owned(),
        Role::Admin => format!("made {whom} an admin of this room"),
    }
}

fn rules(policy: &RoomPolicy) -> String {
    let sees = match policy.visibility {
        Visibility::Public => "open to everybody",
        Visibility::Private => "private",
        Visibility::Direct => "for the people in it",
    };
    let writes = match policy {
        RoomPolicy { archived: true, .. } => Some("archived".to_owned()),
        RoomPolicy { locked: true, .. } => Some("locked".to_owned()),
        RoomPolicy { writers: Writers::Admins, .. } => Some("its admins write".to_owned()),
        RoomPolicy { members_only: true, .. } => Some("members write".to_owned()),
        _ => None,
    };
    let slow = (policy.slow_seconds > 0).then(|| format!("one message in {} s", policy.slow_seconds));
    let rules: Vec<_> = [Some(sees.to_owned()), writes, slow].into_iter().flatten().collect();
    format!("set the rules of this room: {}", rules.join(", "))
}
