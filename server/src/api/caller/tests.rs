//! Checks of callers: hosts, pages of other sites, proxies, visitors, prefixes, sessions and bans.

use std::sync::Arc;

use futures_util::FutureExt as _;
use holdline_shared::{RoomName, Timestamp, Topic};
use tokio::runtime::Builder;

use super::*;
use crate::access::{AccessChange, Ban, Secret, SecretHash, Token};
use crate::api::Hosts;
use crate::hub::Hub;
use crate::log::{Draft, MemoryLog};
use crate::session::{Claim, Holder};

const GET: RequestLine<'_> = RequestLine { is_safe: true, needs_host: true, authority: None, nested: "" };
const POST: RequestLine<'_> = RequestLine { is_safe: false, ..GET };

fn config() -> HttpConfig {
    HttpConfig {
        hosts: Hosts::loopback().with_name("chat.example").unwrap(),
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        ..HttpConfig::default()
    }
}

fn app() -> App {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    App::new(runtime.block_on(Hub::open(Arc::new(MemoryLog::new()))).unwrap(), config())
}

fn find(peer: &str, line: RequestLine<'_>, headers: &[(&str, &str)]) -> Result<Caller, ProblemCode> {
    let headers =
        CallerHeaders::read(&config(), headers.iter().map(|(name, value)| (*name, value.as_bytes())));
    Caller::find(&app(), peer.parse().ok(), line, &headers, None).map_err(|error| error.code())
}

const LOCAL: &str = "127.0.0.1";
const PROXY: &str = "10.0.0.1";

#[test]
fn host_must_be_one_and_ours() {
    use ProblemCode::{InvalidRequest, UnknownHost};
    let old = RequestLine { needs_host: false, ..GET };
    let absolute = RequestLine { authority: Some("evil.example"), ..GET };
    for (line, headers, code) in [
        (GET, &[][..], Some(InvalidRequest)),
        (old, &[], None),
        (GET, &[("Host", "localhost:8080")], None),
        (GET, &[("Host", "localhost"), ("hOST", "localhost")], Some(InvalidRequest)),
        (old, &[("Host", "a"), ("Host", "b")], Some(InvalidRequest)),
        (GET, &[("Host", "")], Some(InvalidRequest)),
        (GET, &[("Host", "a b")], Some(InvalidRequest)),
        (GET, &[("Host", "evil.example")], Some(UnknownHost)),
        (old, &[("Host", "evil.example")], Some(UnknownHost)),
        (absolute, &[("Host", "localhost")], Some(UnknownHost)),
        (GET, &[("Host", "127.0.0.1:8080"), ("X-Forwarded-Host", "evil.example")], None),
    ] {
        assert_eq!(find(LOCAL, line, headers).err(), code, "{headers:?}");
    }
}

#[test]
fn only_own_pages_and_programs_change_something() {
    let host = ("Host", "chat.example:8080");
    for (header, may) in [
        (("Accept", "*/*"), true),
        (("Sec-Fetch-Site", "same-origin"), true),
        (("Sec-Fetch-Site", "none"), true),
        (("Sec-Fetch-Site", "same-site"), false),
        (("Sec-Fetch-Site", "cross-site"), false),
        (("Sec-Fetch-Site", "x"), false),
        (("Origin", "http://chat.example:8080"), true),
        (("Origin", "https://chat.example"), true),
        (("Origin", "http://localhost:8080"), false),
        (("Origin", "http://evil.example"), false),
        (("Origin", "null"), false),
        (("Origin", ""), false),
    ] {
        let expected = if may { None } else { Some(ProblemCode::CrossSite) };
        assert_eq!(find(LOCAL, POST, &[host, header]).err(), expected, "{header:?}");
        assert_eq!(find(LOCAL, GET, &[host, header]).err(), None, "{header:?}");
    }
    // `Sec-Fetch-Site` overrides a matching origin.
    let both = [host, ("Origin", "http://chat.example:8080"), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(find(LOCAL, POST, &both).err(), Some(ProblemCode::CrossSite));
    // A host that the operator did not name has to match together with its port.
    for (origin, may) in [("http://localhost:8080", true), ("http://localhost:8081", false)] {
        assert_eq!(find(LOCAL, POST, &[("Host", "localhost:8080"), ("Origin", origin)]).is_ok(), may);
    }
}

#[test]
fn proxy_is_believed_only_when_trusted() {
    let headers = [
        ("Host", "127.0.0.1:8080"),
        ("X-Forwarded-Host", "chat.lan:444"),
        ("X-Forwarded-Proto", "https, http"),
        ("X-Forwarded-Prefix", "/talk"),
        ("X-Forwarded-For", "6.6.6.6, 2001:db8::1:2:3:4"),
        ("Origin", "https://chat.lan:444"),
    ];
    let trusted = find(PROXY, POST, &headers).unwrap();
    let visitor = Some("2001:db8::".parse().unwrap());
    assert_eq!(
        trusted.site,
        Site { port: Some(444), is_tls: true, is_trustworthy: true, base: "/talk/".into() }
    );
    assert_eq!(trusted.visitor, visitor);
    assert_eq!(find("11.0.0.1", POST, &headers), Err(ProblemCode::CrossSite));
    let stranger = find("11.0.0.1", GET, &headers).unwrap();
    let visitor = Some("11.0.0.1".parse().unwrap());
    assert_eq!(stranger.site, Site { port: Some(8080), is_trustworthy: true, ..Site::default() });
    assert_eq!(stranger.visitor, visitor);
    assert_eq!(find("", GET, &headers).unwrap().site.base, "/", "nobody knows from whom it comes");
}

#[test]
fn visitor_is_unlimited_only_on_this_machine_and_behind_a_proxy_that_names_none() {
    let forwarded = |client| ("X-Forwarded-For", client);
    for (peer, header, visitor, is_passed_on) in [
        (LOCAL, None, None, false),
        ("::1", None, None, false),
        ("::ffff:127.0.0.1", None, None, false),
        ("", None, None, true),
        ("", Some(forwarded("1.2.3.4")), None, true),
        // An untrusted proxy on the same machine.
        (LOCAL, Some(forwarded("1.2.3.4")), None, true),
        (LOCAL, Some(("Forwarded", "for=1.2.3.4")), None, true),
        (LOCAL, Some(("X-Forwarded-Proto", "https")), None, true),
        (LOCAL, Some(("X-Real-IP", "1.2.3.4")), None, true),
        (LOCAL, Some(("Via", "1.1 proxy")), None, true),
        // A trusted proxy.
        (PROXY, Some(forwarded("1.2.3.4")), Some("1.2.3.4"), true),
        (PROXY, Some(forwarded("6.6.6.6, 1.2.3.4")), Some("1.2.3.4"), true),
        (PROXY, Some(forwarded("127.0.0.1")), Some("127.0.0.1"), true),
        (PROXY, Some(forwarded("unknown")), None, true),
        (PROXY, Some(forwarded("1.2.3.4, \"")), None, true),
        (PROXY, Some(forwarded("")), None, true),
        (PROXY, Some(("X-Forwarded-Proto", "https")), None, true),
        (PROXY, None, None, true),
        // Anyone else.
        ("11.0.0.1", Some(forwarded("127.0.0.1")), Some("11.0.0.1"), true),
        ("11.0.0.1", None, Some("11.0.0.1"), true),
    ] {
        let headers: Vec<_> = [("Host", "localhost")].into_iter().chain(header).collect();
        let found = find(peer, GET, &headers).unwrap();
        assert_eq!(found.visitor, visitor.map(|one| one.parse().unwrap()), "{peer}: {headers:?}");
        assert_eq!(found.is_passed_on, is_passed_on, "{peer}: {headers:?}");
    }
}

#[test]
fn host_that_was_accepted_last_counts_for_the_same_header_alone() {
    let (app, mut last) = (app(), LastHost::default());
    let mut find = |line, host: &str| {
        let headers = CallerHeaders::read(&config(), [("host", host.as_bytes())].into_iter());
        Caller::find(&app, None, line, &headers, Some(&mut last)).map(|caller| caller.site.port)
    };
    for _ in 0..2 {
        assert_eq!(find(GET, "localhost:8080").unwrap(), Some(8080));
        assert_eq!(find(GET, "evil.example").unwrap_err().code(), ProblemCode::UnknownHost);
        assert_eq!(find(GET, "").unwrap_err().code(), ProblemCode::InvalidRequest);
        let absolute = RequestLine { authority: Some("evil.example"), ..GET };
        assert_eq!(find(absolute, "localhost:8080").unwrap_err().code(), ProblemCode::UnknownHost);
    }
    assert_eq!(find(GET, "chat.example").unwrap(), None);
}

#[test]
fn base_has_both_prefixes() {
    for (nested, stripped, base) in [
        ("", "/", "/"),
        ("/chat/", "/", "/chat/"),
        ("/chat", "/", "/chat/"),
        ("", "/talk", "/talk/"),
        ("/chat/", "/talk/", "/talk/chat/"),
        ("/chat/", "/a;b", "/chat/"),
        ("/a;b", "/talk", "/talk/"),
    ] {
        let line = RequestLine { nested, ..GET };
        let caller = find(PROXY, line, &[("Host", "localhost"), ("X-Forwarded-Prefix", stripped)]);
        assert_eq!(caller.unwrap().site.base, base, "{nested} {stripped}");
    }
}

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
    assert_eq!(writes.require(&app, Verb::Write, Some(&deploys)).unwrap(), &bot);
    assert_eq!(writes.require(&app, Verb::React, Some(&deploys)).unwrap(), &bot);
    for refused in [
        writes.require(&app, Verb::Write, Some(&lobby)),
        writes.require(&app, Verb::Invite, None),
        writes.require(&app, Verb::Write, None),
        writes.require_session(),
        reads.require(&app, Verb::Write, Some(&deploys)),
        reads.require_session(),
    ] {
        assert_eq!(code(refused), Some(ProblemCode::NotAllowed));
    }
    let nowhere = "nowhere".parse().unwrap();
    assert_eq!(code(writes.require(&app, Verb::Write, Some(&nowhere))), Some(ProblemCode::UnknownRoom));
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
        assert_eq!(code(caller.require(&app, Verb::Read, Some(&deploys))), over, "{wrong}");
        assert_eq!(code(caller.require_session()), over, "{wrong}");
        assert_eq!(code(caller.scope(&app)), over, "{wrong}: not a stranger at an open door");
    }
}
