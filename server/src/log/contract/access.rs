//! Who may do what: rooms' rules and members, moderation, and that the rules of today follow from the entries alone.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{
    Door, EntryKind, MemberChange, PolicyChange, Role, RoomName, RoomSelection, Seq, Timestamp, Topic,
    Visibility,
};
use parking_lot::Mutex;

use super::{append, draft, key, left, make, named, person, refusal, room, say};
use crate::access::{Access, AccessChange, Ban, Denied, Invite, InviteGives, Secret, make_id};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Log, LogEvent};
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::log::retention::Retention;
use crate::scope::EVERY_ROOM;

/// The server's owner, who is above every rule.
fn owner(change: AccessChange) -> Draft {
    Draft::access(holdline_shared::Person::house(), change)
}

/// Makes this person a member.
pub(super) fn join(who: &str) -> Draft {
    let joined = AccessChange::Joined { person: person(who), is_bot: false, passphrase: None };
    Draft::access(person(who), joined)
}

/// Makes a room with these rules, or changes them.
pub(super) fn rules(who: &str, room_name: &str, policy: PolicyChange) -> Draft {
    draft(who, room_name, DraftKind::Room { topic: None, policy: Some(policy) })
}

fn member(who: &str, room_name: &str, whom: &str, role: Role) -> Draft {
    let change = MemberChange { person: person(whom), role, until: None, muted_until: None, reason: None };
    draft(who, room_name, DraftKind::Member(change))
}

pub(super) fn private() -> PolicyChange {
    PolicyChange::new(Visibility::Private)
}

async fn denial(log: &dyn Log, draft: Draft) -> Denied {
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
    let reserved = RoomName::access();
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
    let ban = |who: &str| Ban {
        id: make_id(),
        person: Some(person(who)),
        visitor: None,
        until: None,
        reason: Topic::default(),
    };
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

/// Does a bit of everything that changes who may do what.
pub(in crate::log) async fn change_much(log: &dyn Log) {
    for who in ["ada", "bob", "cid", "dan"] {
        append(log, join(who)).await;
    }
    append(log, owner(AccessChange::Door { door: Door::Invite, password: None })).await;
    append(log, owner(AccessChange::Admin { person: person("ada").id, on: true })).await;
    for (name, policy) in [("den", private()), ("tea", PolicyChange::default()), ("attic", private())] {
        append(log, rules("bob", name, policy)).await;
    }
    append(log, member("bob", "den", "cid", Role::Member)).await;
    append(log, member("bob", "tea", "dan", Role::Admin)).await;
    let muted = MemberChange {
        person: person("eve"),
        role: Role::None,
        until: None,
        muted_until: Some(Timestamp(u64::MAX >> 12)),
        reason: Some("loud".parse().unwrap()),
    };
    append(log, draft("dan", "tea", DraftKind::Member(muted))).await;
    // Leaving does not end a silence.
    append(log, member("eve", "tea", "eve", Role::None)).await;
    assert_eq!(denial(log, say("eve", "tea", 77, "x")).await, Denied::Muted);
    let code = Secret::make().hash();
    let invite = Invite {
        id: make_id(),
        code: code.clone(),
        gives: InviteGives::Member,
        uses: 2,
        expires: Timestamp(u64::MAX >> 12),
        room: Some(room("den")),
        note: Topic::default(),
    };
    append(log, Draft::access(person("bob"), AccessChange::InviteMade { invite })).await;
    let redeemed = AccessChange::Redeemed { invite: code, person: person("fay"), passphrase: None };
    append(log, Draft::access(person("fay"), redeemed)).await;
    let session = Secret::make().hash();
    let begun = AccessChange::SessionBegun { person: person("fay").id, session, device: Topic::default() };
    append(log, Draft::access(person("fay"), begun)).await;
    let was_hidden = false;
    for name in ["attic", "tea"] {
        let deleted = AccessChange::RoomDeleted { room: room(name), was_hidden };
        append(log, Draft::access(person("bob"), deleted)).await;
    }
    append(log, rules("cid", "tea", PolicyChange { locked: Some(true), ..PolicyChange::default() })).await;
    append(log, owner(AccessChange::Erased { person: person("dan").id, keep_messages: true })).await;
}

pub(crate) async fn access_is_the_fold_of_what_was_told(log: Arc<dyn Log>) {
    let folded = Arc::new(Mutex::new(Access::default()));
    let (told, handle) = (folded.clone(), log.access());
    let follower = Arc::new(move |event: LogEvent<'_>| {
        let LogEvent::Appended(entries) = event else { return };
        let mut folded = told.lock();
        for entry in entries {
            folded.apply(entry.entry().unwrap());
        }
        assert_eq!(**handle.load(), *folded, "who is told of an entry sees its effect");
    });
    log.follow(log.head(), follower).await.unwrap();
    change_much(&*log).await;
    let access = log.access().snapshot();
    assert_eq!(*access, *folded.lock());
    assert!(access.room(&room("den")).unwrap().role(&person("fay").id) == Role::Member);
    assert!(access.room(&room("tea")).unwrap().members.len() == 1 && access.is_retired(&room("attic")));
}

/// Who may do what survives a restart, and retention too. For engines that outlive the process.
pub(crate) async fn access_survives_a_restart<L: Log, E: std::fmt::Debug>(open: impl Fn() -> Result<L, E>) {
    let log = open().unwrap();
    change_much(&log).await;
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    let before = log.access().snapshot();
    drop(log);
    let log = open().unwrap();
    let after = log.access().snapshot();
    // The erased person's name is gone from the entries, and so from what follows from them.
    assert_eq!(*after, *before);
    assert_eq!(denial(&log, draft("fay", "attic", DraftKind::room())).await, Denied::RoomNameTaken);
}

pub(crate) async fn retention_keeps_changes_of_access(log: Arc<dyn Log>) {
    for who in ["ada", "bob"] {
        append(&*log, join(who)).await;
    }
    append(&*log, rules("ada", "den", private())).await;
    for n in 0..10 {
        append(&*log, say("ada", "den", n, "x")).await;
        let role = if n % 2 == 0 { Role::Member } else { Role::Admin };
        append(&*log, member("ada", "den", "bob", role)).await;
    }
    let last = append(&*log, say("ada", "lobby", 99, "last")).await;
    let before = log.access().snapshot();
    let kinds = |log: Arc<dyn Log>| async move {
        let chunk = log.read(EVERY_ROOM, named(&["den"]), Seq::START).await.unwrap();
        let is_message = |entry: &&Arc<crate::log::StoredEntry>| entry.message_text().is_some();
        (chunk.entries.len(), chunk.entries.iter().filter(is_message).count())
    };
    assert_eq!(kinds(log.clone()).await, (21, 10));
    let mut calls = 0;
    let mut prune = async |retention: Retention| {
        while log.prune(retention).await.unwrap() {
            calls += 1;
            assert!(calls < 10_000, "retention never comes to an end");
        }
    };
    prune("2/room".parse().unwrap()).await;
    assert_eq!(kinds(log.clone()).await, (13, 2), "messages alone are counted");
    let begun = std::time::Instant::now();
    // Every entry is too old as soon as a millisecond has passed; the last entry always stays.
    while kinds(log.clone()).await.1 > 0 {
        prune(Retention { age: Some(Duration::ZERO), per_room: None }).await;
        assert!(begun.elapsed().as_secs() < 60, "still there: {:?}", left(&*log).await);
    }
    assert_eq!(kinds(log.clone()).await, (11, 0));
    assert_eq!(*log.access().snapshot(), *before);
    assert_eq!((log.head(), left(&*log).await.last()), (last, Some(&last)));
    let nobody = Arc::new(|_: &RoomName| false);
    while log.expire_rooms(Duration::ZERO, nobody.clone()).await.unwrap() {}
    assert!(log.rooms().await.unwrap().iter().any(|found| found.name == room("den")), "it has members");
    append(&*log, say("bob", "den", 100, "still a member")).await;
}

pub(crate) async fn deleted_room_is_gone_and_told_in_its_place(log: Arc<dyn Log>) {
    append(&*log, join("ada")).await;
    append(&*log, make("tea", Some("green"))).await;
    let start = log.head();
    let told = Arc::new(Mutex::new(Vec::new()));
    let collected = told.clone();
    let follower = Arc::new(move |event: LogEvent<'_>| match event {
        LogEvent::Appended(group) => {
            collected.lock().extend(group.iter().map(|entry| match &entry.entry().unwrap().kind {
                EntryKind::Message { text: Some(text), .. } => text.to_string(),
                EntryKind::Room { .. } => "made".to_owned(),
                _ => "deleted".to_owned(),
            }))
        }
        LogEvent::RoomsExpired { rooms, .. } => collected.lock().push(format!("{} is gone", rooms[0])),
        _ => panic!("{event:?}"),
    });
    log.follow(start, follower).await.unwrap();
    let deletion = AccessChange::RoomDeleted { room: room("tea"), was_hidden: true };
    let deleted = Draft::access(person("ada"), deletion.clone());
    assert_eq!(denial(&*log, Draft::access(person("bob"), deletion)).await, Denied::RoomAdminsOnly);
    // All in one group, if the engine forms groups.
    let drafts =
        [say("bob", "tea", 1, "before"), deleted.clone(), make("tea", None), say("bob", "tea", 2, "after")];
    let pending: Vec<_> = drafts.into_iter().map(|draft| log.append(draft)).collect();
    let outcomes = futures_util::future::join_all(pending).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(*told.lock(), ["before", "deleted", "tea is gone", "made", "after"]);
    let chunk = log.read(EVERY_ROOM, named(&["tea"]), Seq::START).await.unwrap();
    assert_eq!((chunk.entries.len(), super::texts(&chunk)), (2, vec!["after".to_owned()]));
    assert!(chunk.forgotten >= start, "who read the old room has a gap");
    let rooms = log.rooms().await.unwrap();
    let tea = rooms.iter().find(|found| found.name == room("tea")).unwrap();
    assert_eq!((rooms.len(), tea.topic.as_str()), (2, ""), "it is another room");
    let again = log.append(say("bob", "tea", 1, "before")).await;
    assert!(matches!(again, Ok(Outcome::Appended(_))), "its keys are gone too");
    append(&*log, deleted.clone()).await;
    assert_eq!(refusal(&*log, deleted).await, Refusal::UnknownRoom);
    assert_eq!(refusal(&*log, say("bob", "tea", 3, "x")).await, Refusal::UnknownRoom);
    let lobby = AccessChange::RoomDeleted { room: room("lobby"), was_hidden: false };
    assert_eq!(denial(&*log, owner(lobby)).await, Denied::LobbyStays);
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
}

pub(crate) async fn name_of_a_deleted_private_room_stays_taken(log: Arc<dyn Log>) {
    append(&*log, join("ada")).await;
    append(&*log, rules("ada", "den", private())).await;
    append(&*log, say("ada", "den", 1, "secret")).await;
    let deleted = AccessChange::RoomDeleted { room: room("den"), was_hidden: false };
    append(&*log, Draft::access(person("ada"), deleted)).await;
    let access = log.access().snapshot();
    assert!(!access.may_read(Some(&person("ada").id), &room("den")) && !access.may_read(None, &room("den")));
    for who in ["ada", "bob"] {
        let making = draft(who, "den", DraftKind::room());
        assert_eq!(denial(&*log, making).await, Denied::RoomNameTaken);
        let said =
            DraftKind::Message { key: key(9), text: "x".parse().unwrap(), reply_to: None, makes_room: true };
        assert_eq!(denial(&*log, draft(who, "den", said)).await, Denied::UnknownRoom);
    }
    let chunk = log.read(EVERY_ROOM, RoomSelection::All, Seq::START).await.unwrap();
    assert!(chunk.entries.iter().all(|entry| entry.room != room("den")));
}
