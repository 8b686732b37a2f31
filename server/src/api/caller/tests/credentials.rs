//! Checks of who callers are: bans, sessions, cookies, access tokens.

use futures_util::FutureExt as _;
use holdline_shared::{RoomName, Timestamp, Topic};

use super::*;
use crate::access::{AccessChange, Ban, Secret, SecretHash, Token};
use crate::log::Draft;
use crate::session::{Claim, Holder};

/// Appends a change of access in the owner's name.
fn change(app: &App, change: AccessChange) {
    let appended = app.hub.log().append(Draft::access(Person::house(), change)).now_or_never();
    appended.expect("memory never waits").unwrap();
}

fn person(name: &str) -> Person {
    Person { id: name.to_lowercase().parse().unwrap(), name: name.parse().unwrap() }
}

/// The caller with this bearer token.
fn bearer(app: &App, peer: &str, token: &str) -> Caller {
    let authorization = format!("Bearer {token}");
    let headers = [("host", "localhost"), ("authorization", authorization.as_str())];
    let headers =
        CallerHeaders::read(&config(), headers.iter().map(|(name, value)| (*name, value.as_bytes())));
    Caller::find(app, peer.parse().ok(), GET, &headers, None).unwrap()
}

fn code<T>(result: Result<T, ApiError>) -> Option<ProblemCode> {
    result.err().map(|error| error.code())
}

#[test]
fn ban_concerns_the_person_or_the_address_and_everything_that_they_ask_for() {
    let app = app();
    let claim = |name: &str| Claim {
        person: person(name),
        issued: wall_clock(),
        holder: Holder::Guest { door: app.access.load().door().changes },
    };
    let (ada, bob) = (
        app.sessions.sign(&app.access.load(), &claim("Ada")),
        app.sessions.sign(&app.access.load(), &claim("Bob")),
    );
    let ban = |id: &str, person, visitor: Option<&str>, until| {
        let visitor = visitor.map(|visitor| visitor.parse().unwrap());
        AccessChange::Banned { ban: Ban { id: id.into(), person, visitor, until, ..Ban::default() } }
    };
    change(&app, ban("1", Some(person("Ada")), None, None));
    change(&app, ban("2", None, Some("203.0.113.5"), None));
    change(&app, ban("3", None, Some("203.0.113.6"), Some(Timestamp(1))));
    for (peer, token, is_banned) in [
        ("203.0.113.4", &ada, true),
        ("203.0.113.4", &bob, false),
        ("203.0.113.5", &bob, true),
        ("203.0.113.6", &bob, false),
    ] {
        let caller = bearer(&app, peer, token);
        let expected = is_banned.then_some(ProblemCode::Banned);
        assert_eq!(code(caller.require_session()), expected, "{peer}");
        assert_eq!(code(caller.scope(&app)), expected, "{peer}");
        assert_eq!(code(caller.check_ban()), expected, "{peer}");
    }
    let held = bearer(&app, "203.0.113.7", &bob).scope(&app).unwrap();
    assert!(held.allows(&RoomName::lobby()) && !held.is_over());
    change(&app, ban("4", Some(person("Bob")), None, None));
    assert!(!held.allows(&RoomName::lobby()) && held.is_over(), "a request that is held");
}

#[test]
fn session_ends_with_its_account_its_age_and_a_changed_door() {
    let app = app();
    let now = wall_clock();
    let aged = |days: u64| Timestamp(now.0 - days * 24 * 60 * 60 * 1_000);
    let guest = |door, issued| {
        app.sessions.sign(
            &app.access.load(),
            &Claim { person: person("Gus"), issued, holder: Holder::Guest { door } },
        )
    };
    let over = Some(ProblemCode::SessionInvalid);
    let find = |token: &str| bearer(&app, LOCAL, token);
    assert_eq!(code(find(&guest(0, aged(89))).require_session()), None);
    assert_eq!(code(find(&guest(0, aged(91))).require_session()), over);
    assert!(!find(&guest(0, aged(2))).is_due(), "clients with a token of their own renew it themselves");
    change(&app, AccessChange::Door { door: Door::Invite, password: None });
    for (door, problem) in [(0, over), (1, None), (2, over)] {
        assert_eq!(code(find(&guest(door, now)).require_session()), problem, "{door}");
    }
    let (ada, session) = (person("Ada"), Secret::make());
    change(&app, AccessChange::Joined { person: ada.clone(), is_bot: false, passphrase: None });
    let begun = AccessChange::SessionBegun {
        person: ada.id.clone(),
        session: session.hash(),
        device: Topic::default(),
    };
    change(&app, begun);
    let claim =
        Claim { person: ada.clone(), issued: now, holder: Holder::Account { session: session.clone() } };
    let token = app.sessions.sign(&app.access.load(), &claim);
    assert_eq!(code(find(&token).require_session()), None);
    let guest = app.sessions.sign(&app.access.load(), &Claim { holder: Holder::Guest { door: 1 }, ..claim });
    assert_eq!(code(find(&guest).require_session()), over, "an account is not a guest");
    let renamed = Person { name: "Lovelace".parse().unwrap(), ..ada.clone() };
    let profile =
        AccessChange::Profile { person: renamed, about: Topic::default(), time_zone: String::new() };
    change(&app, profile);
    assert_eq!(find(&token).require_session().unwrap().name.as_str(), "Lovelace");
    change(&app, AccessChange::SessionEnded { person: ada.id.clone(), session: session.hash() });
    assert_eq!(code(find(&token).require_session()), over);
}

#[test]
fn old_cookie_is_renewed_and_one_of_an_earlier_version_becomes_a_new_one() {
    let app = app();
    let cookie = |app: &App, token: &str| {
        let cookie = format!("holdline_session={token}");
        let headers = [("host", "localhost"), ("cookie", cookie.as_str())];
        let headers =
            CallerHeaders::read(&config(), headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        Caller::find(app, None, GET, &headers, None).unwrap()
    };
    let now = wall_clock();
    for (age, is_due) in [(0, false), (23, false), (25, true)] {
        let issued = Timestamp(now.0 - age * 60 * 60 * 1_000);
        let claim = Claim { person: person("Gus"), issued, holder: Holder::Guest { door: 0 } };
        let caller = cookie(&app, &app.sessions.sign(&app.access.load(), &claim));
        assert_eq!(caller.is_due(), is_due, "{age} hours");
        let renewed = crate::api::renew(&app, &caller);
        assert_eq!(renewed.is_some(), is_due, "{age} hours");
        let Some(renewed) = renewed else { continue };
        let token = renewed.split(['=', ';']).nth(1).unwrap();
        assert!(!cookie(&app, token).is_due());
        assert_eq!(cookie(&app, token).require_session().unwrap(), &person("Gus"));
    }
}

#[test]
fn access_token_is_good_for_what_it_names_and_nothing_else() {
    let app = app();
    let bot = person("deploybot");
    change(&app, AccessChange::Joined { person: bot.clone(), is_bot: true, passphrase: None });
    let [deploys, lobby] = ["deploys", "lobby"].map(|room| room.parse::<RoomName>().unwrap());
    for (id, verbs) in [("reads", vec![Verb::Read]), ("writes", vec![Verb::Write, Verb::React])] {
        let (secret, person) = (SecretHash::of(&format!("hlt_{id}")), bot.id.clone());
        let (id, rooms, note) = (id.to_owned(), Some(vec![deploys.clone()]), Topic::default());
        let token = Token { id, secret, person, rooms, verbs, note };
        change(&app, AccessChange::TokenMade { token });
    }
    let find = |token: &str| bearer(&app, LOCAL, token);
    let (reads, writes) = (find("hlt_reads"), find("hlt_writes"));
    assert_eq!(writes.require(Verb::Write, Some(&deploys)).unwrap(), &bot);
    assert_eq!(writes.require(Verb::React, Some(&deploys)).unwrap(), &bot);
    for refused in [
        writes.require(Verb::Write, Some(&lobby)),
        writes.require(Verb::Invite, None),
        writes.require(Verb::Write, None),
        writes.require_session(),
        reads.require(Verb::Write, Some(&deploys)),
        reads.require_session(),
    ] {
        assert_eq!(code(refused), Some(ProblemCode::NotAllowed));
    }
    assert_eq!(code(writes.scope(&app)), Some(ProblemCode::NotAllowed));
    let reading = reads.scope(&app).unwrap();
    assert!(reading.allows(&deploys) && !reading.allows(&lobby));
    change(&app, AccessChange::TokenRevoked { id: "reads".to_owned() });
    assert!(!reading.allows(&deploys) && reading.is_over(), "a request that is held");
    let ban = Ban { id: "1".into(), person: Some(bot), ..Ban::default() };
    change(&app, AccessChange::Banned { ban });
    let over = Some(ProblemCode::SessionInvalid);
    for wrong in ["hlt_reads", "hlt_writes", "hlt_", "hlt_other"] {
        let caller = find(wrong);
        assert_eq!(code(caller.require(Verb::Read, Some(&deploys))), over, "{wrong}");
        assert_eq!(code(caller.require_session()), over, "{wrong}");
        assert_eq!(code(caller.scope(&app)), over, "{wrong}: not a stranger at an open door");
    }
}

#[test]
fn operation_and_poll_refuse_whoever_has_no_session_alike() {
    use ProblemCode::{NotAllowed, SessionInvalid, SessionRequired};
    let app = app();
    let bot = person("deploybot");
    change(&app, AccessChange::Joined { person: bot.clone(), is_bot: true, passphrase: None });
    let (id, secret, verbs) = ("1".to_owned(), SecretHash::of("hlt_reads"), vec![Verb::Read]);
    let token = Token { id, secret, person: bot.id, rooms: None, verbs, note: Topic::default() };
    change(&app, AccessChange::TokenMade { token });
    for (token, expected) in [
        ("", SessionRequired),
        ("forged", SessionInvalid),
        ("hlt_reads", NotAllowed),
        ("hlt_other", SessionInvalid),
    ] {
        let caller = if token.is_empty() {
            let headers = CallerHeaders::read(&config(), [("host", &b"localhost"[..])].into_iter());
            Caller::find(&app, None, GET, &headers, None).unwrap()
        } else {
            bearer(&app, LOCAL, token)
        };
        let polling = Poller::of(&app, &caller).and_then(|poller| poller.require_session().cloned());
        for refused in [caller.require_session().cloned(), polling] {
            assert_eq!(code(refused), Some(expected), "{token:?}");
        }
    }
}
