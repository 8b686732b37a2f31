//! The entries that say who may do what: what follows from them, however the log is read again, and what a deletion leaves.

use std::sync::Arc;
use std::time::Duration;

use holdline_shared::{
    Door, EntryKind, MemberChange, PolicyChange, Role, RoomName, RoomSelection, Seq, Timestamp, Topic,
};
use parking_lot::Mutex;

use super::access::{denial, join, member, owner, private, rules};
use super::{append, draft, key, left, make, named, person, refusal, room, say};
use crate::access::{Access, AccessChange, Denied, Invite, InviteGives, Secret, make_id};
use crate::log::draft::{Draft, DraftKind};
use crate::log::engine::{Log, LogEvent};
use crate::log::error::Refusal;
use crate::log::outcome::Outcome;
use crate::log::retention::Retention;
use crate::scope::EVERY_ROOM;

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
    assert!(matches!(log.append(member("eve", "tea", "eve", Role::None)).await, Ok(Outcome::Unchanged)));
    assert!(matches!(denial(log, say("eve", "tea", 77, "x")).await, Denied::Muted { .. }));
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
    let (passphrase, has_session) = (None, true);
    let redeemed = AccessChange::Redeemed { invite: code, person: person("fay"), passphrase, has_session };
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
        assert_eq!(handle.load().folded(), folded.folded(), "who is told of an entry sees its effect");
    });
    log.follow(log.head(), follower).await.unwrap();
    change_much(&*log).await;
    let access = log.access().snapshot();
    assert_eq!(access.folded(), folded.lock().folded());
    assert!(access.room(&room("den")).unwrap().role(&person("fay").id) == Role::Member);
    assert!(access.room(&room("tea")).unwrap().members.len() == 1 && access.is_retired(&room("attic")));
}

/// The rights of people survive a restart, and retention too. For engines that outlive the process.
pub(crate) async fn access_survives_a_restart<L: Log, E: std::fmt::Debug>(open: impl Fn() -> Result<L, E>) {
    let log = open().unwrap();
    change_much(&log).await;
    while log.prune("1/room".parse().unwrap()).await.unwrap() {}
    let before = log.access().snapshot();
    drop(log);
    let log = open().unwrap();
    let after = log.access().snapshot();
    // The erased person's name is gone from the entries, and so from what follows from them.
    assert_eq!(after.rights(), before.rights());
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
            }));
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
    assert_eq!(chunk.forgotten, Seq::START, "nobody may read the room, so nobody has a gap");
}
