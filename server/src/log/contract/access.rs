//! Rights: rooms' rules and members, moderation, and the refusals of those who have no right.

use std::sync::Arc;

use holdline_shared::{MemberChange, PolicyChange, Role, RoomName, RoomSelection, Seq, Topic, Visibility};

use super::{append, draft, make, person, refusal, room, say};
use crate::access::{AccessChange, Ban, Denied, make_id};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::Log;
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::scope::EVERY_ROOM;

/// The server's owner, who is above every rule.
pub(super) fn owner(change: AccessChange) -> Draft {
    Draft::access(holdline_shared::Person::house(), change)
}

/// Makes this person a member.
pub(super) fn join(who: &str) -> Draft {
    let passphrase = Some("$argon2id$".to_owned());
    let joined = AccessChange::Joined { person: person(who), is_bot: false, passphrase };
    Draft::access(person(who), joined)
}

/// Makes a room with these rules, or changes them.
pub(super) fn rules(who: &str, room_name: &str, policy: PolicyChange) -> Draft {
    draft(who, room_name, DraftKind::Room { topic: None, policy: Some(policy) })
}

pub(super) fn member(who: &str, room_name: &str, whom: &str, role: Role) -> Draft {
    let change = MemberChange { person: person(whom), role, until: None, muted_until: None, reason: None };
    draft(who, room_name, DraftKind::Member(change))
}

pub(super) fn private() -> PolicyChange {
    PolicyChange::new(Visibility::Private)
}

pub(super) async fn denial(log: &dyn Log, draft: Draft) -> Denied {
    match refusal(log, draft).await {
        Refusal::Denied(denied) => denied,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn private_room_is_written_by_its_members(log: Arc<dyn Log>) {
    for who in ["ada", "bob"] {
        append(&*log, join(who)).await;
    }
    append(&*log, rules("ada", "den", private())).await;
    append(&*log, say("ada", "den", 1, "only us")).await;
    assert_eq!(denial(&*log, say("bob", "den", 2, "x")).await, Denied::UnknownRoom);
    let making = draft("bob", "den", DraftKind::room());
    assert_eq!(denial(&*log, making).await, Denied::RoomNameTaken);
    append(&*log, member("ada", "den", "bob", Role::Member)).await;
    assert!(matches!(log.append(member("ada", "den", "bob", Role::Member)).await, Ok(Outcome::Unchanged)));
    append(&*log, say("bob", "den", 3, "hello")).await;
    assert_eq!(denial(&*log, rules("bob", "den", PolicyChange::default())).await, Denied::RoomAdminsOnly);
    append(&*log, member("bob", "den", "bob", Role::None)).await;
    assert_eq!(denial(&*log, say("bob", "den", 4, "x")).await, Denied::UnknownRoom);
    assert_eq!(refusal(&*log, member("ada", "nowhere", "bob", Role::Member)).await, Refusal::UnknownRoom);
}

pub(crate) async fn changes_of_access_are_read_by_nobody(log: Arc<dyn Log>) {
    let start = log.head();
    for who in ["ada", "bob", "cid"] {
        append(&*log, join(who)).await;
    }
    append(&*log, rules("ada", "den", private())).await;
    assert!(log.head() > start);
    let reserved = RoomName::reserved_access();
    for rooms in [RoomSelection::All, RoomSelection::Named(vec![reserved.clone()])] {
        let chunk = log.read(EVERY_ROOM, rooms, Seq::START).await.unwrap();
        assert!(chunk.entries.iter().all(|entry| entry.room != reserved), "{chunk:?}");
        assert!(chunk.upto >= log.head(), "readers get past them");
    }
    assert!(log.rooms().await.unwrap().iter().all(|found| found.name != reserved));
    let kinds =
        |entries: Vec<holdline_shared::Entry>| entries.iter().map(|e| e.room.to_string()).collect::<Vec<_>>();
    let newest = log.access_entries(Seq(u64::MAX), 2).await.unwrap();
    let older = log.access_entries(newest[1].seq, 10).await.unwrap();
    assert_eq!(
        (kinds(newest), kinds(older)),
        (vec!["den".into(), "~access".into()], vec!["~access".into(); 2])
    );
}

pub(crate) async fn rules_of_a_room_are_changed_in_part(log: Arc<dyn Log>) {
    append(&*log, join("ada")).await;
    append(&*log, make("tea", None)).await;
    let title: Topic = "Tea time".parse().unwrap();
    let changes = [
        PolicyChange { title: Some(title.clone()), ..PolicyChange::default() },
        PolicyChange { locked: Some(true), ..PolicyChange::default() },
    ];
    let pending: Vec<_> = changes.into_iter().map(|change| log.append(rules("ada", "tea", change))).collect();
    assert!(futures_util::future::join_all(pending).await.iter().all(Result::is_ok));
    let access = log.access().snapshot();
    let policy = &access.room(&room("tea")).unwrap().policy;
    assert_eq!((&policy.title, policy.locked), (&title, true), "neither change undid the other");
    assert_eq!(denial(&*log, say("bob", "tea", 1, "x")).await, Denied::Locked);
    append(&*log, say("ada", "tea", 2, "an admin may")).await;
    let none = PolicyChange::default();
    assert!(matches!(log.append(rules("ada", "tea", none)).await, Ok(Outcome::Unchanged)));
    let direct = PolicyChange::new(Visibility::Direct);
    assert_eq!(denial(&*log, rules("ada", "tea", direct)).await, Denied::DirectStays);
}

pub(crate) async fn slow_mode_spaces_messages(log: Arc<dyn Log>) {
    append(&*log, join("ada")).await;
    append(&*log, make("tea", None)).await;
    append(&*log, say("bob", "tea", 1, "before")).await;
    let slow = |seconds| PolicyChange { slow_seconds: Some(seconds), ..PolicyChange::default() };
    append(&*log, rules("ada", "tea", slow(3_600))).await;
    let Denied::TooSoon { seconds } = denial(&*log, say("bob", "tea", 2, "x")).await else { panic!() };
    assert!((3_000..=3_600).contains(&seconds), "{seconds}");
    append(&*log, say("eve", "tea", 3, "another person")).await;
    for n in 4..6 {
        append(&*log, say("ada", "tea", n, "an admin")).await;
    }
    append(&*log, say("bob", "lobby", 7, "another room")).await;
    let denied = denial(&*log, say("bob", "tea", 8, "x")).await;
    assert!(matches!(denied, Denied::TooSoon { .. }), "others came in between");
    append(&*log, rules("ada", "tea", slow(0))).await;
    append(&*log, say("bob", "tea", 9, "x")).await;
}

pub(crate) async fn admins_of_a_room_delete_any_message(log: Arc<dyn Log>) {
    append(&*log, join("ada")).await;
    append(&*log, make("tea", None)).await;
    let said = append(&*log, say("bob", "tea", 1, "spam")).await;
    let elsewhere = append(&*log, say("bob", "lobby", 2, "fine")).await;
    let delete = |who, name, target| draft(who, name, DraftKind::Delete { target });
    assert_eq!(refusal(&*log, delete("eve", "tea", said)).await, Refusal::NotAuthor);
    assert_eq!(refusal(&*log, delete("ada", "lobby", elsewhere)).await, Refusal::NotAuthor);
    let archived = PolicyChange { archived: Some(true), ..PolicyChange::default() };
    append(&*log, rules("ada", "tea", archived)).await;
    assert_eq!(denial(&*log, delete("bob", "tea", said)).await, Denied::Archived);
    append(&*log, delete("ada", "tea", said)).await;
    let page = log.page(EVERY_ROOM, room("tea"), None, 5, None).await.unwrap();
    assert_eq!(page.messages[0].text, None);
}

pub(crate) async fn whoever_was_banned_or_removed_is_told_nothing(log: Arc<dyn Log>) {
    for who in ["ada", "bob"] {
        append(&*log, join(who)).await;
    }
    append(&*log, rules("ada", "den", private())).await;
    append(&*log, member("ada", "den", "bob", Role::Member)).await;
    append(&*log, say("bob", "den", 1, "mine")).await;
    assert!(matches!(log.append(say("bob", "den", 1, "mine")).await, Ok(Outcome::Repeated(_))));
    append(&*log, member("ada", "den", "bob", Role::None)).await;
    for name in ["den", "lobby"] {
        assert_eq!(denial(&*log, say("bob", name, 1, "mine")).await, Denied::UnknownRoom, "{name}");
    }
    let ban = |who: &str| Ban { id: make_id(), person: Some(person(who)), ..Ban::default() };
    append(&*log, owner(AccessChange::Banned { ban: ban("bob") })).await;
    for denied in [
        draft("bob", "lobby", DraftKind::Room { topic: Some("bob's".parse().unwrap()), policy: None }),
        draft("bob", "bobs", DraftKind::room()),
        say("bob", "lobby", 2, "x"),
        member("bob", "den", "bob", Role::None),
        join("bob"),
    ] {
        assert_eq!(denial(&*log, denied.clone()).await, Denied::Banned, "{denied:?}");
    }
}
