//! The lines of the dialogs' lists: tokens, webhooks, devices, members, invites, bans and changes.

use holdline_shared::{InviteRole, Person, Role, Visibility};

use super::notices::{member_change, said_of};
use super::{ADMIN, DIRECT_ROOM, GUEST, MEMBER, SOME_ROOM, VERBS};
use crate::state::{AuditLine, HookWay};

/// The rights of a token, with the name under which it acts where that is not clear.
pub fn token(name: Option<&str>, verbs: &[String], rooms: Option<&str>) -> String {
    let may = VERBS.into_iter().filter(|(verb, _)| verbs.iter().any(|allowed| allowed == verb));
    let may = may.map(|(_, word)| word).collect::<Vec<_>>().join(", ");
    let place = match rooms {
        None => "in every room".to_owned(),
        Some("") => "in rooms that you may not read".to_owned(),
        Some(rooms) => format!("in {rooms}"),
    };
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    format!("{name}may {may} {place}")
}

/// A webhook's direction and state.
pub fn hook(way: HookWay, url: Option<&str>, is_stopped: bool) -> String {
    match (way, url) {
        _ if is_stopped => "stopped: whoever made it may not do so any more".to_owned(),
        (HookWay::Incoming, _) => "posts here".to_owned(),
        (HookWay::Outgoing, Some(url)) => format!("messages are sent to {url}"),
        _ => "messages are sent to it".to_owned(),
    }
}

/// Shortens a user agent string to the browser and the system.
pub fn device(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Firefox", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.to_owned(),
    }
}

pub fn last_used(day: &str) -> String {
    format!("last used: {day}")
}

pub fn muted(role: &str, until: Option<&str>) -> String {
    until.map_or_else(|| format!("{role}, muted"), |until| format!("{role}, muted until {until}"))
}

/// A room as a place: "Tea", or "the direct messages with Bob". `title` is the room's displayed name.
pub fn place(title: &str, visibility: Visibility) -> String {
    match title {
        SOME_ROOM => "a private room".to_owned(),
        DIRECT_ROOM => "direct messages".to_owned(),
        _ if visibility == Visibility::Direct => format!("the direct messages with {title}"),
        _ => title.to_owned(),
    }
}

pub fn in_room(place: &str) -> String {
    format!("In {place}")
}

pub fn part_in_room(place: &str, part: &str) -> String {
    format!("Part in {place}: {part}.")
}

pub fn is_banned(end: &str) -> String {
    format!("Banned {end}.")
}

pub fn role(role: Role) -> &'static str {
    match role {
        Role::None => "no member",
        Role::Member => MEMBER,
        Role::Admin => ADMIN,
    }
}

pub fn invite(role: InviteRole, room: Option<&str>, note: &str) -> String {
    let gives = match role {
        InviteRole::Guest => GUEST,
        InviteRole::Member => MEMBER,
        InviteRole::Admin => ADMIN,
    };
    let gives = room.map_or_else(|| gives.to_owned(), |room| format!("{gives}, in {room}"));
    if note.is_empty() { gives } else { format!("{note} ({gives})") }
}

pub fn invite_uses(used: u32, limit: u32, until: &str) -> String {
    format!("{used} of {limit} used, until {until}")
}

pub fn ban(until: Option<&str>, reason: &str) -> String {
    let end = until.map_or_else(|| "without an end".to_owned(), |until| format!("until {until}"));
    if reason.is_empty() { end } else { format!("{end}: {reason}") }
}

/// A line in the list of changes that admins can look up.
pub fn audit(line: &AuditLine, room: Option<&str>) -> String {
    let AuditLine { author, change, .. } = line;
    let is_own = change.person.as_ref().is_none_or(|person| person.id == author.id);
    let whom = match &change.person {
        // The server gives erased people their id as a name.
        Some(person) if person.name.as_str() == person.id.as_str() => Person::ERASED,
        Some(person) => person.name.as_str(),
        None => change.visitor.as_deref().unwrap_or("an address"),
    };
    let other = if is_own { "themselves" } else { whom };
    let is_named = change.person.is_some() || change.visitor.is_some();
    let done = match change.change.as_str() {
        "door" => ["changed the door to", change.door.as_deref().unwrap_or_default(), ""],
        "invite_made" => ["made a link", "", ""],
        "invite_revoked" => ["revoked a link", "", ""],
        "joined" => ["made an account", "", ""],
        "redeemed" => ["used a link", "", ""],
        "profile" if is_own => ["changed their profile", "", ""],
        "profile" => ["changed the profile of", whom, ""],
        "passphrase" if is_own => ["changed their passphrase", "", ""],
        "passphrase" => ["changed the passphrase of", whom, ""],
        "admin" if change.on == Some(true) => ["made", other, "an admin"],
        "admin" => ["took the rights of an admin from", other, ""],
        "session_begun" => ["signed in", "", ""],
        "session_ended" | "sessions_ended" => ["ended sessions", "", ""],
        "banned" if change.visitors.is_empty() => ["banned", whom, ""],
        "banned" => ["banned", whom, "with the addresses they came from"],
        "unbanned" if is_named => ["lifted the ban of", whom, ""],
        "unbanned" => ["lifted a ban", "", ""],
        "erased" if is_own => ["erased their own account", "", ""],
        "erased" => ["erased an account", "", ""],
        "token_made" => ["made a token", "", ""],
        "token_revoked" => ["revoked a token", "", ""],
        "hook_made" => ["made a webhook", "", ""],
        "hook_removed" => ["removed a webhook", "", ""],
        "room_deleted" => ["deleted a room", "", ""],
        "message_deleted" if is_own => ["deleted a message", "", ""],
        "message_deleted" => ["deleted a message by", whom, ""],
        "reported" if is_own => ["reported a message", "", ""],
        "reported" => ["reported a message by", whom, ""],
        "member" => match change.act.as_deref() {
            Some("muted") => ["muted", other, "for a time"],
            Some("unmuted") => ["let", other, "write again"],
            Some("removed") => ["removed", whom, ""],
            act => member_change(whom, is_own, change.role, act.is_none() && change.muted_until.is_some()),
        },
        "room" => ["set the rules", "", ""],
        other => [other, "", ""],
    };
    let place = room.map(|room| format!(" in {room}")).unwrap_or_default();
    let reason = change.reason.as_deref().filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    said_of(author, done) + &place + &reason
}
