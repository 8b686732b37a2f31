//! Checks of where callers come from: hosts, pages of other sites, proxies, visitors, prefixes.

mod credentials;

use std::sync::Arc;

use tokio::runtime::Builder;

use super::*;
use crate::api::Hosts;
use crate::hub::Hub;
use crate::log::MemoryLog;

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
