//! The caller of a request: which host the browser means, whether a page of our own sent the request, where Holdline lies from
//! the browser's point of view, from which address the request comes, and which person sent it. [`Caller::find`] is the only
//! way to make one, for every transport; bans and limits that do not depend on the operation belong there.

mod cookies;
mod forwarded;
mod session_proof;
mod site;

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use holdline_shared::{Person, ProblemCode};

use self::forwarded::{Forwarded, is_plain_path};
use self::session_proof::{Credentials, Identity};
use super::app::App;
use super::config::HttpConfig;
use super::error::ApiError;
use super::host::Host;

pub(super) use self::cookies::Cookies;
pub(super) use self::session_proof::{OLD_SESSION_COOKIE, Proof, session_cookie};
pub(crate) use self::site::Site;

/// The sender of a request that is fit to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Where the browser believes Holdline to be.
    pub(crate) site: Site,
    /// The address or the network to which limits apply; nothing for programs on this machine, and where it is not known.
    pub(crate) visitor: Option<IpAddr>,
    identity: Identity,
    /// Whether the request carries a cookie of the session's name, valid or not: a browser's does.
    pub(super) has_session_cookie: bool,
}

/// The request line, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestLine<'a> {
    /// Whether the method changes nothing.
    pub(crate) is_safe: bool,
    /// Whether it is HTTP/1.1, in which `Host` is required.
    pub(crate) needs_host: bool,
    /// The host of an address in absolute form, which is stronger than `Host`.
    pub(crate) authority: Option<&'a str>,
    /// The prefix under which a host app nested the router.
    pub(crate) nested: &'a str,
}

/// The headers that tell who asks.
#[derive(Debug, Default)]
pub(crate) struct CallerHeaders<'a> {
    hosts: usize,
    host: &'a [u8],
    origin: Option<&'a [u8]>,
    fetch_site: Option<&'a [u8]>,
    credentials: Credentials<'a>,
    forwarded: Forwarded<'a>,
    /// Whether some proxy has left a trace, be it one that says nothing of use.
    is_passed_on: bool,
}

impl<'a> CallerHeaders<'a> {
    /// Picks out of all headers of a request those that say who asks.
    pub(crate) fn read(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            match name.len() {
                4 if name.eq_ignore_ascii_case("host") => {
                    read.hosts += 1;
                    read.host = value;
                }
                6 if name.eq_ignore_ascii_case("origin") => read.origin = Some(value),
                14 if name.eq_ignore_ascii_case("sec-fetch-site") => read.fetch_site = Some(value),
                6 if name.eq_ignore_ascii_case("cookie") => read.credentials.cookies.add(value),
                13 if name.eq_ignore_ascii_case("authorization") => read.credentials.add_authorization(value),
                3 if name.eq_ignore_ascii_case("via") => read.is_passed_on = true,
                9 if name.eq_ignore_ascii_case("x-real-ip") => read.is_passed_on = true,
                9 | 15..=18 => read.forwarded.take(name, value),
                _ => {}
            }
        }
        read.is_passed_on |= read.has_forwarded();
        read
    }

    /// Whether some proxy says something.
    fn has_forwarded(&self) -> bool {
        !self.forwarded.is_empty()
    }
}

/// The host that was accepted last. Nearly all requests name the same, which is then neither parsed nor looked up.
#[derive(Debug, Default)]
pub(crate) struct LastHost {
    header: Vec<u8>,
    name: String,
    port: Option<u16>,
}

impl LastHost {
    fn find(&self, headers: &CallerHeaders<'_>, line: RequestLine<'_>) -> Option<Host<'_>> {
        let is_same = headers.hosts == 1 && line.authority.is_none() && headers.host == self.header;
        (is_same && !self.name.is_empty()).then(|| Host { name: &self.name, port: self.port })
    }

    fn remember(&mut self, headers: &CallerHeaders<'_>, host: Host<'_>) {
        headers.host.clone_into(&mut self.header);
        host.name.clone_into(&mut self.name);
        self.port = host.port;
    }
}

impl Caller {
    /// Judges a request: its host must be one of ours, and what changes something must come from a page of our own or from no
    /// page. `peer` is the address of the other end of the connection. An invalid session is no reason to refuse here: many
    /// operations need none.
    pub(crate) fn find(
        app: &App,
        peer: Option<IpAddr>,
        line: RequestLine<'_>,
        headers: &CallerHeaders<'_>,
        last_host: Option<&mut LastHost>,
    ) -> Result<Self, ApiError> {
        let trusts_peer = peer.is_some_and(|peer| app.config.trusts(peer));
        if !trusts_peer && headers.has_forwarded() {
            app.ignored_headers.warn(peer);
        }
        let trusted = trusts_peer.then_some(&headers.forwarded);
        let site = match last_host.as_ref().and_then(|last| last.find(headers, line)) {
            Some(host) => find_site(&app.config, line, headers, Some(host), trusted)?,
            None => {
                let host = find_host(headers, line)?;
                if let Some(host) = host.filter(|host| !app.config.hosts.accept(host)) {
                    return Err(unknown_host(&host));
                }
                if let (Some(last), Some(host), None) = (last_host, host, line.authority) {
                    last.remember(headers, host);
                }
                find_site(&app.config, line, headers, host, trusted)?
            }
        };
        let visitor = peer.and_then(|peer| find_visitor(&app.config, peer.to_canonical(), headers));
        let (identity, has_session_cookie) = headers.credentials.identify(&app.sessions, &site);
        Ok(Self { site, visitor, identity, has_session_cookie })
    }

    /// The person of a valid session; others are asked to get one.
    pub(crate) fn require_session(&self) -> Result<&Person, ApiError> {
        match &self.identity {
            Identity::Person(person, _) => Ok(person),
            Identity::Invalid(error) => Err(ApiError::new(ProblemCode::SessionInvalid, error.to_string())),
            Identity::Nobody => {
                let detail = "this needs a session: POST to /api/v1/session, then send its token or cookie";
                Err(ApiError::new(ProblemCode::SessionRequired, detail))
            }
        }
    }

    /// The person of a valid session, if there is one.
    pub(crate) fn session(&self) -> Option<&Person> {
        self.require_session().ok()
    }

    /// The credential that proves the session.
    pub(super) fn proof(&self) -> Option<Proof> {
        if let Identity::Person(_, proof) = self.identity { Some(proof) } else { None }
    }
}

/// Where the browser believes Holdline to be, unless a page of another site sent a request that changes something.
fn find_site(
    config: &HttpConfig,
    line: RequestLine<'_>,
    headers: &CallerHeaders<'_>,
    host: Option<Host<'_>>,
    trusted: Option<&Forwarded<'_>>,
) -> Result<Site, ApiError> {
    let shown = trusted.and_then(|forwarded| Host::parse(forwarded.host()?)).or(host);
    if !line.is_safe && !is_from_own_page(config, headers, host, shown) {
        let why = "a page of another site sent this request; open Holdline itself. A proxy in front of Holdline \
                   has to pass Host on, or its name is given with --host";
        return Err(ApiError::new(ProblemCode::CrossSite, why));
    }
    let stripped = trusted.and_then(Forwarded::prefix).unwrap_or_default();
    let nested = Some(line.nested.trim_matches('/')).filter(|path| is_plain_path(path)).unwrap_or_default();
    let base = match (stripped.is_empty(), nested.is_empty()) {
        (true, true) => Cow::Borrowed("/"),
        (_, true) => Cow::Owned(format!("{stripped}/")),
        (_, false) => Cow::Owned(format!("{stripped}/{nested}/")),
    };
    let is_tls = trusted.is_some_and(Forwarded::is_tls);
    Ok(Site { port: shown.and_then(|host| host.port), is_tls, base })
}

/// The address to which limits apply: behind proxies that are trusted, IPv6 by its network. Where these name none, the proxy
/// itself counts. A program of this machine has no limit, unless it says that it asks for others.
fn find_visitor(config: &HttpConfig, peer: IpAddr, headers: &CallerHeaders<'_>) -> Option<IpAddr> {
    let named = || headers.forwarded.client(|one| config.trusts(one));
    let client = config.trusts(peer).then(named).flatten();
    let is_own_program = peer.is_loopback() && !headers.is_passed_on;
    (!is_own_program).then(|| network(client.unwrap_or(peer)))
}

/// An IPv4 address, or the half of an IPv6 address that tells networks apart; the other half is for its owner to choose.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// The host that is asked for: the address' own, or that of the `Host` header, of which HTTP/1.1 requires exactly one.
fn find_host<'a>(headers: &CallerHeaders<'a>, line: RequestLine<'a>) -> Result<Option<Host<'a>>, ApiError> {
    let invalid = |why: &str| ApiError::new(ProblemCode::InvalidRequest, why);
    let host = match headers.hosts {
        0 if line.needs_host => return Err(invalid("HTTP/1.1 requires a Host header")),
        0 => None,
        1 => {
            let host = std::str::from_utf8(headers.host).ok().and_then(Host::parse);
            Some(host.ok_or_else(|| invalid("the Host header is neither a name nor an address"))?)
        }
        _ => return Err(invalid("there is more than one Host header")),
    };
    match line.authority {
        None => Ok(host),
        Some(text) => {
            let host = Host::parse(text);
            host.map(Some).ok_or_else(|| invalid("the host in the request's address is none"))
        }
    }
}

fn unknown_host(host: &Host<'_>) -> ApiError {
    let name = host.name;
    let detail = format!(
        "this server does not answer to the host name {name:?}; if that is one of its names, start it with --host {name}"
    );
    ApiError::new(ProblemCode::UnknownHost, detail)
}

/// Whether a request that changes something may do so: browsers say in `Sec-Fetch-Site` where the page is that sent it,
/// and in `Origin` where encryption is missing or the browser is old. Programs say neither.
fn is_from_own_page(
    config: &HttpConfig,
    headers: &CallerHeaders<'_>,
    host: Option<Host<'_>>,
    shown: Option<Host<'_>>,
) -> bool {
    if let Some(site) = headers.fetch_site {
        return [&b"same-origin"[..], b"none"].contains(&site.trim_ascii());
    }
    let Some(origin) = headers.origin else { return true };
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    let origin = origin.trim();
    [host, shown].iter().flatten().any(|host| host.is_origin(origin)) || config.hosts.has_origin(origin)
}

#[cfg(test)]
mod tests {
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
        let headers = CallerHeaders::read(headers.iter().map(|(name, value)| (*name, value.as_bytes())));
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
        // What the browser says of the page is stronger than a matching origin.
        let both = [host, ("Origin", "http://chat.example:8080"), ("Sec-Fetch-Site", "cross-site")];
        assert_eq!(find(LOCAL, POST, &both).err(), Some(ProblemCode::CrossSite));
        // A name that the operator did not give has to match with its port.
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
        assert_eq!(trusted.site, Site { port: Some(444), is_tls: true, base: "/talk/".into() });
        assert_eq!(trusted.visitor, visitor);
        assert_eq!(find("11.0.0.1", POST, &headers), Err(ProblemCode::CrossSite));
        let stranger = find("11.0.0.1", GET, &headers).unwrap();
        let visitor = Some("11.0.0.1".parse().unwrap());
        assert_eq!(stranger.site, Site { port: Some(8080), ..Site::default() });
        assert_eq!(stranger.visitor, visitor);
        assert_eq!(find("", GET, &headers).unwrap().site.base, "/", "nobody knows from whom it comes");
    }

    #[test]
    fn visitor_is_unlimited_only_as_a_program_of_this_machine() {
        let forwarded = |client| ("X-Forwarded-For", client);
        for (peer, header, visitor) in [
            (LOCAL, None, None),
            ("::1", None, None),
            ("::ffff:127.0.0.1", None, None),
            ("", None, None),
            ("", Some(forwarded("1.2.3.4")), None),
            // A proxy beside the server that nobody trusts.
            (LOCAL, Some(forwarded("1.2.3.4")), Some("127.0.0.1")),
            (LOCAL, Some(("Forwarded", "for=1.2.3.4")), Some("127.0.0.1")),
            (LOCAL, Some(("X-Forwarded-Proto", "https")), Some("127.0.0.1")),
            (LOCAL, Some(("X-Real-IP", "1.2.3.4")), Some("127.0.0.1")),
            (LOCAL, Some(("Via", "1.1 proxy")), Some("127.0.0.1")),
            // One that is trusted.
            (PROXY, Some(forwarded("1.2.3.4")), Some("1.2.3.4")),
            (PROXY, Some(forwarded("127.0.0.1")), Some("127.0.0.1")),
            (PROXY, Some(forwarded("unknown")), Some(PROXY)),
            (PROXY, Some(forwarded("1.2.3.4, \"")), Some(PROXY)),
            (PROXY, Some(forwarded("")), Some(PROXY)),
            (PROXY, Some(("X-Forwarded-Proto", "https")), Some(PROXY)),
            (PROXY, None, Some(PROXY)),
            ("11.0.0.1", Some(forwarded("127.0.0.1")), Some("11.0.0.1")),
        ] {
            let headers: Vec<_> = [("Host", "localhost")].into_iter().chain(header).collect();
            let found = find(peer, GET, &headers).unwrap().visitor;
            assert_eq!(found, visitor.map(|one| one.parse().unwrap()), "{peer}: {headers:?}");
        }
    }

    #[test]
    fn host_that_was_accepted_last_counts_for_the_same_header_alone() {
        let (app, mut last) = (app(), LastHost::default());
        let mut find = |line, host: &str| {
            let headers = CallerHeaders::read([("host", host.as_bytes())].into_iter());
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
}
