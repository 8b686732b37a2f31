//! The words of the quiet lines between messages: who joined, who left, which rules hold.

use holdline_shared::{Entry, EntryKind, MemberChange, Person, Role, RoomPolicy, Visibility, Writers};

/// The sentence for an entry that is no message; nothing for those that are not shown.
pub fn notice(entry: &Entry) -> Option<String> {
    let author = &entry.author;
    let who = author.name.as_str();
    let (done, reason) = match &entry.kind {
        EntryKind::Room { policy: Some(policy), .. } => (rules(who, policy), None),
        EntryKind::Member(change) => (member_change(author, change), change.reason.as_ref()),
        _ => return None,
    };
    Some(reason.map_or_else(|| format!("{done}."), |reason| format!("{done}: {reason}")))
}

fn member_change(author: &Person, change: &MemberChange) -> String {
    let (who, whom) = (author.name.as_str(), change.person.name.as_str());
    let is_own = author.id == change.person.id;
    match change.role {
        _ if change.muted_until.is_some() => format!("{who} muted {whom} for a time"),
        Role::None if is_own => format!("{who} left"),
        Role::None => format!("{who} removed {whom}"),
        Role::Member if is_own => format!("{who} joined"),
        Role::Member => format!("{who} made {whom} a member"),
        Role::Admin if is_own => format!("{who} is an admin of this room"),
        Role::Admin => format!("{who} made {whom} an admin of this room"),
    }
}

fn rules(who: &str, policy: &RoomPolicy) -> String {
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
    format!("{who} set the rules of this room: {}", rules.join(", "))
}
