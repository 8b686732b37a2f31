//! Rules of access on histories of a few entries.

use holdline_shared::{
    Door, Entry, EntryKind, MemberChange, Person, PersonId, Role, RoomName, RoomPolicy, Seq, Timestamp,
    Topic, Visibility,
};

use super::*;

/// A history that is checked and folded like the log's.
#[derive(Default)]
struct History {
    access: Access,
    seq: u64,
}

fn person(name: &str) -> Person {
    let id = PersonId::parse(&name.to_lowercase().replace(' ', "")).unwrap();
    Person { id, name: name.parse().unwrap() }
}

fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}

impl History {
    fn add(&mut self, room: RoomName, by: &Person, kind: EntryKind) {
        self.seq += 1;
        let entry = Entry { seq: Seq(self.seq), room, at: Timestamp(self.seq), author: by.clone(), kind };
        assert!(self.access.apply(&entry));
    }

    #[expect(clippy::needless_pass_by_value, reason = "changes are made for the call")]
    fn change(&mut self, by: &Person, change: AccessChange) -> Result<bool, Denied> {
        let decided = self.access.check_change(by, &change, Timestamp(self.seq));
        if decided == Ok(true) {
            let change = serde_json::to_string(&change).unwrap();
            self.add(RoomName::reserved_access(), by, EntryKind::Access { change });
        }
        decided
    }

    fn policy(&mut self, by: &Person, name: &RoomName, policy: RoomPolicy) -> Result<bool, Denied> {
        let exists = self.access.room(name).is_some();
        let decided = self.access.check_policy(by, name, &policy, exists);
        if decided == Ok(true) {
            let kind = EntryKind::Room { topic: Topic::default(), policy: Some(Box::new(policy)) };
            self.add(name.clone(), by, kind);
        }
        decided
    }

    fn member(&mut self, by: &Person, name: &RoomName, person: &Person, role: Role) -> Result<bool, Denied> {
        let change =
            MemberChange { person: person.clone(), role, until: None, muted_until: None, reason: None };
        let decided = self.access.check_member(by, name, &change, Timestamp(self.seq));
        if decided == Ok(true) {
            self.add(name.clone(), by, EntryKind::Member(Box::new(change)));
        }
        decided
    }

    fn join(&mut self, name: &str) -> Person {
        let person = person(name);
        let passphrase = Some("$argon2id$".to_owned());
        let joined = AccessChange::Joined { person: person.clone(), is_bot: false, passphrase };
        assert_eq!(self.change(&person, joined), Ok(true));
        person
    }

    fn invite(&mut self, by: &Person, gives: InviteGives, uses: u32) -> Result<SecretHash, Denied> {
        let code = Secret::make().hash();
        let (id, expires) = (make_id(), Timestamp(self.seq + 100));
        let invite =
            Invite { id, code: code.clone(), gives, uses, expires, room: None, note: Topic::default() };
        self.change(by, AccessChange::InviteMade { invite }).map(|_| code)
    }

    fn redeem(&mut self, code: &SecretHash, person: &Person) -> Result<bool, Denied> {
        let (invite, person) = (code.clone(), person.clone());
        let change =
            AccessChange::Redeemed { invite, person: person.clone(), passphrase: None, has_session: false };
        self.change(&person, change)
    }
}

#[test]
fn private_room_is_for_its_members_and_says_the_same_as_no_room() {
    let mut history = History::default();
    let (ada, bob, guest) = (history.join("Ada"), history.join("Bob"), person("Guest"));
    let private = RoomPolicy { visibility: Visibility::Private, ..RoomPolicy::default() };
    assert_eq!(history.policy(&guest, &room("den"), private.clone()), Err(Denied::MembersOnly));
    assert!(!history.access.hides_rooms());
    assert_eq!(history.policy(&ada, &room("den"), private.clone()), Ok(true));
    assert!(history.access.hides_rooms());
    let reads = |history: &History, person: &Person| history.access.may_read(Some(&person.id), &room("den"));
    assert!(reads(&history, &ada) && !reads(&history, &bob));
    assert!(!history.access.may_read(None, &room("den")) && history.access.may_read(None, &room("tea")));
    let writes = |history: &History, person: &Person| {
        history.access.check_write(person, &room("den"), Timestamp(history.seq))
    };
    assert_eq!(writes(&history, &bob), Err(Denied::UnknownRoom));
    assert_eq!(history.member(&bob, &room("den"), &bob, Role::Member), Err(Denied::UnknownRoom));
    assert_eq!(history.policy(&bob, &room("den"), private), Err(Denied::UnknownRoom));
    assert_eq!(history.member(&ada, &room("den"), &bob, Role::Member), Ok(true));
    assert_eq!((reads(&history, &bob), writes(&history, &bob)), (true, Ok(())));
    assert_eq!(history.member(&bob, &room("den"), &guest, Role::Member), Err(Denied::RoomAdminsOnly));
    assert_eq!(history.member(&ada, &room("den"), &ada, Role::None), Err(Denied::LastAdmin));
    assert_eq!(history.member(&ada, &room("den"), &bob, Role::None), Ok(true));
    assert!(!reads(&history, &bob));
    let deleted = AccessChange::RoomDeleted { room: room("den"), was_hidden: true };
    assert_eq!(history.change(&bob, deleted.clone()), Err(Denied::UnknownRoom));
    assert_eq!(history.change(&ada, deleted), Ok(true));
    assert!(!reads(&history, &ada) && !reads(&history, &bob), "nobody reads what is left of it");
}

#[test]
fn invite_gives_what_it_says_as_often_as_it_says() {
    let mut history = History::default();
    let owner = Person::house();
    let (ada, bob) = (person("Ada"), person("Bob"));
    let code = history.invite(&owner, InviteGives::Admin, 1).unwrap();
    assert_eq!(history.redeem(&code, &ada), Ok(true));
    assert_eq!(history.redeem(&code, &bob), Err(Denied::WrongSecret), "used");
    assert!(history.access.is_admin(&ada.id));
    assert_eq!(history.invite(&bob, InviteGives::Member, 1), Err(Denied::AdminsOnly));
    let code = history.invite(&ada, InviteGives::Member, 2).unwrap();
    let alike = Person { name: "Аda".parse().unwrap(), ..person("Ada2") };
    assert_eq!(history.redeem(&code, &alike), Err(Denied::NameTaken), "Cyrillic");
    assert_eq!(history.redeem(&code, &bob), Ok(true));
    history.seq += 1_000;
    assert_eq!(history.redeem(&code, &person("Cid")), Err(Denied::WrongSecret), "expired");
    assert_eq!(history.redeem(&Secret::make().hash(), &person("Cid")), Err(Denied::WrongSecret), "unknown");
    let device = history.invite(&bob, InviteGives::Device(bob.id.clone()), 1).unwrap();
    assert_eq!(history.redeem(&device, &ada), Err(Denied::WrongSecret), "of somebody else");
    assert_eq!(history.invite(&ada, InviteGives::Device(bob.id.clone()), 1), Err(Denied::OwnOnly));
}

#[test]
fn there_is_always_an_admin_and_the_owner_is_above_them() {
    let mut history = History::default();
    let owner = Person::house();
    let (ada, bob) = (history.join("Ada"), history.join("Bob"));
    let admin = |person: &Person, on| AccessChange::Admin { person: person.id.clone(), on };
    assert_eq!(history.change(&ada, admin(&ada, true)), Err(Denied::AdminsOnly));
    assert_eq!(history.change(&owner, admin(&ada, true)), Ok(true));
    assert_eq!(history.change(&ada, admin(&ada, false)), Err(Denied::LastAdmin));
    let erased = AccessChange::Erased { person: ada.id.clone(), keep_messages: true };
    assert_eq!(history.change(&ada, erased.clone()), Err(Denied::LastAdmin));
    assert_eq!(history.change(&ada, admin(&bob, true)), Ok(true));
    assert_eq!(history.change(&ada, erased), Ok(true));
    assert_eq!(history.change(&ada, admin(&ada, true)), Err(Denied::Banned), "gone");
    assert!(!history.access.is_name_taken("Ada", &bob.id), "the name is free again");
    assert_eq!(history.change(&owner, admin(&bob, false)), Ok(true));
}

#[test]
fn ban_ends_sessions_and_ends_itself() {
    let mut history = History::default();
    let owner = Person::house();
    let (ada, bob) = (history.join("Ada"), history.join("Bob"));
    let session = Secret::make().hash();
    let begun = AccessChange::SessionBegun {
        person: bob.id.clone(),
        session: session.clone(),
        device: Topic::default(),
    };
    assert_eq!(history.change(&ada, begun.clone()), Err(Denied::OwnOrAdminOnly));
    assert_eq!(history.change(&bob, begun), Ok(true));
    assert!(history.access.session(&bob.id, &session).is_some());
    let until = Timestamp(history.seq + 10);
    let ban = Ban { id: make_id(), person: Some(bob.clone()), until: Some(until), ..Ban::default() };
    assert_eq!(history.change(&ada, AccessChange::Banned { ban: ban.clone() }), Err(Denied::AdminsOnly));
    assert_eq!(history.change(&owner, AccessChange::Banned { ban }), Ok(true));
    assert!(history.access.session(&bob.id, &session).is_none());
    let write = |at| history.access.check_write(&bob, &room("tea"), at);
    assert_eq!((write(Timestamp(until.0 - 1)), write(until)), (Err(Denied::Banned), Ok(())));
}

#[test]
fn guest_cannot_wear_the_name_of_a_member() {
    let mut history = History::default();
    let guest = Person { id: person("x").id, name: "Ada".parse().unwrap() };
    let write = |history: &History| history.access.check_write(&guest, &room("tea"), Timestamp(history.seq));
    assert_eq!(write(&history), Ok(()));
    history.join("Ada");
    assert_eq!(write(&history), Err(Denied::NameTaken));
}

#[test]
fn rules_of_a_room_say_who_writes() {
    let mut history = History::default();
    let (ada, bob, guest) = (history.join("Ada"), history.join("Bob"), person("Guest"));
    let tea = room("tea");
    let open = RoomPolicy::default();
    assert_eq!(history.policy(&ada, &tea, open.clone()), Ok(true));
    for (policy, bob_may, guest_may) in [
        (open.clone(), Ok(()), Ok(())),
        (RoomPolicy { members_only: true, ..open.clone() }, Ok(()), Err(Denied::MembersWrite)),
        (RoomPolicy { locked: true, ..open.clone() }, Err(Denied::Locked), Err(Denied::Locked)),
        (RoomPolicy { archived: true, ..open }, Err(Denied::Archived), Err(Denied::Archived)),
    ] {
        let is_archived = policy.archived;
        history.policy(&ada, &tea, policy.clone()).unwrap();
        let write = |person| history.access.check_write(person, &tea, Timestamp(history.seq));
        assert_eq!((write(&bob), write(&guest)), (bob_may, guest_may), "{policy:?}");
        assert_eq!(write(&ada).is_ok(), !is_archived, "{policy:?}");
    }
    let lobby = RoomPolicy { visibility: Visibility::Private, ..RoomPolicy::default() };
    assert_eq!(history.policy(&Person::house(), &RoomName::lobby(), lobby), Err(Denied::LobbyStays));
}

#[test]
fn changes_of_the_door_are_counted() {
    let mut history = History::default();
    let owner = Person::house();
    let door =
        |door, password: Option<&str>| AccessChange::Door { door, password: password.map(str::to_owned) };
    assert_eq!(history.change(&owner, door(Door::Password, None)), Err(Denied::PasswordMissing));
    assert_eq!(history.change(&owner, door(Door::Open, None)), Ok(true));
    assert_eq!(history.change(&owner, door(Door::Open, None)), Ok(false));
    assert_eq!(history.access.door().changes, 1);
    for _ in 0..2 {
        assert_eq!(history.change(&owner, door(Door::Password, Some("$argon2id$"))), Ok(true));
    }
    assert_eq!(history.access.door().changes, 3, "a new password is a change");
}

#[test]
fn sessions_are_bounded_and_their_use_is_noted_once_a_day() {
    let mut history = History::default();
    let bob = history.join("Bob");
    let begin = |history: &mut History| {
        let session = Secret::make().hash();
        let (person, device) = (bob.id.clone(), Topic::default());
        let begun = AccessChange::SessionBegun { person, session: session.clone(), device };
        assert_eq!(history.change(&bob, begun), Ok(true));
        session
    };
    let first = begin(&mut history);
    let used = || AccessChange::SessionUsed { person: bob.id.clone(), session: first.clone() };
    assert_eq!(history.change(&bob, used()), Ok(false), "just begun");
    let day = u64::try_from(DAY.as_millis()).unwrap();
    history.seq += day;
    assert_eq!(history.change(&bob, used()), Ok(true));
    assert_eq!(history.change(&bob, used()), Ok(false));
    let second = begin(&mut history);
    for _ in 0..SESSIONS {
        history.seq += 1;
        begin(&mut history);
    }
    let sessions = |history: &History| history.access.account(&bob.id).unwrap().sessions.len();
    assert_eq!(sessions(&history), SESSIONS);
    assert!(history.access.session(&bob.id, &second).is_none(), "unused for longest, and so is the first");
    history.seq += day * 90;
    begin(&mut history);
    assert_eq!(sessions(&history), 1, "the others were not used for 90 days");
}

#[test]
fn hook_works_as_long_as_its_maker_may_have_it() {
    let mut history = History::default();
    let (ada, bo) = (history.join("Ada"), history.join("Bo"));
    let den = room("den");
    history
        .policy(&ada, &den, RoomPolicy { visibility: Visibility::Private, ..RoomPolicy::default() })
        .unwrap();
    let make = |history: &mut History, by: &Person, name: &str| {
        let (person, key) = (person(name), format!("{name}.secret"));
        let way = HookWay::Incoming { key: SecretHash::of(&key) };
        let hook = Hook { person, room: den.clone(), way };
        history.change(by, AccessChange::HookMade { hook }).map(|_| key)
    };
    assert_eq!(make(&mut history, &bo, "ci"), Err(Denied::UnknownRoom));
    history.member(&ada, &den, &bo, Role::Member).unwrap();
    assert_eq!(make(&mut history, &bo, "ci"), Err(Denied::RoomAdminsOnly));
    history.member(&ada, &den, &bo, Role::Admin).unwrap();
    let key = make(&mut history, &bo, "ci").unwrap();
    let works = |history: &History| {
        let at = Timestamp(history.seq);
        let ci = person("ci");
        let elsewhere = history.access.check_write(&ci, &room("hall"), at);
        assert_eq!(
            elsewhere,
            Err(if history.access.is_erased(&ci.id) { Denied::Banned } else { Denied::UnknownRoom })
        );
        let found = history.access.incoming_hook(&key, at).is_some();
        assert_eq!(history.access.check_write(&ci, &den, at).is_ok(), found);
        found
    };
    assert!(works(&history));
    assert!(history.access.incoming_hook("ci.another", Timestamp(history.seq)).is_none());
    history.member(&ada, &den, &bo, Role::Member).unwrap();
    assert!(!works(&history));
    history.member(&ada, &den, &bo, Role::Admin).unwrap();
    assert!(works(&history));
    history.member(&ada, &den, &bo, Role::None).unwrap();
    assert!(!works(&history));
    history.member(&ada, &den, &bo, Role::Admin).unwrap();
    history.change(&bo, AccessChange::Erased { person: bo.id.clone(), keep_messages: true }).unwrap();
    assert!(!works(&history) && history.access.hooks().next().is_none());
    assert_eq!(make(&mut history, &ada, "cd").as_deref(), Ok("cd.secret"));
    let remove = |room: &RoomName| AccessChange::HookRemoved { id: person("cd").id, room: room.clone() };
    history.policy(&ada, &room("hall"), RoomPolicy::default()).unwrap();
    assert_eq!(history.change(&ada, remove(&room("hall"))), Err(Denied::UnknownName));
    assert_eq!(history.change(&ada, remove(&den)), Ok(true));
    let late = history.access.check_write(&person("cd"), &den, Timestamp(history.seq));
    assert_eq!(late, Err(Denied::Banned), "nothing that was on its way");
}
