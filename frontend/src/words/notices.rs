//! The words of the notices between messages: who joined, who left, which rules apply.

use holdline_shared::{Entry, EntryKind, MemberChange, Person, Role, RoomPolicy, Visibility, Writers};

/// Returns the sentence for an entry that is not a message; `None` for entries that are not shown.
pub fn notice(entry: &Entry) -> Option<String> {
    let author = &entry.author;
    let (done, reason) = match &entry.kind {
        EntryKind::Room { policy: Some(policy), .. } => (rules(author.name.as_str(), policy), None),
        EntryKind::Member(change) => {
            let MemberChange { person, role, muted_until, reason, .. } = &**change;
            let is_own = author.id == person.id;
            let done = member_change(person.name.as_str(), is_own, *role, muted_until.is_some());
            (said_of(author, done), reason.as_ref())
        }
        _ => return None,
    };
    Some(reason.map_or_else(|| format!("{done}."), |reason| format!("{done}: {reason}")))
}

/// The beginning of a sentence: the author and the parts of what they did, some of which may be empty.
pub(super) fn said_of(author: &Person, done: [&str; 3]) -> String {
    let parts = [author.name.as_str()].into_iter().chain(done);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The change of somebody's part in a room.
pub(super) fn member_change(whom: &str, is_own: bool, role: Role, is_muted: bool) -> [&str; 3] {
    match role {
        _ if is_muted => ["muted", whom, "for a time"],
        Role::None if is_own => ["left", "", ""],
        Role::None => ["removed", whom, ""],
        Role::Member if is_own => ["joined", "", ""],
        Role::Member => ["made", whom, "a member"],
        Role::Admin if is_own => ["is an admin of this room", "", ""],
        Role::Admin => ["made", whom, "an admin of this room"],
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
