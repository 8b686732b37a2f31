//! The caller of a request: the host that the browser requested, whether one of our own pages sent the
//! request, Holdline's address from the browser's point of view, the client's address, and the person.
//! [`Caller::find`] is the only constructor, for every transport; bans and limits that do not depend on the
//! operation belong there.

mod cookies;
mod credential;
mod door;
mod forwarded;
mod head;
mod no_session;
mod operator;
mod owner;
mod poller;
mod reader;
mod session_proof;
mod site;
mod tokens;
mod visitor;

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use holdline_shared::{Door, Person, ProblemCode, RoomName};

use self::forwarded::{Forwarded, is_plain_path};
use self::head::find_host;
use self::no_session::NoSession;
use self::reader::{RequestReader, Right};
use self::session_proof::{Identity, Judge};
use self::visitor::{find_visitor, warn_of_unnamed_visitors};
use super::app::App;
use super::config::HttpConfig;
use super::error::ApiError;
use super::host::Host;
use super::limits::Counted;
use super::proxy_login::ProxyUser;
use crate::access::Verb;
use crate::log::wall_clock;
use crate::scope::Scope;

pub(super) use self::cookies::Cookies;
pub(crate) use self::head::{CallerHeaders, LastHost, RequestLine};
pub(crate) use self::owner::OwnerConnection;
pub(crate) use self::poller::Poller;
pub(super) use self::session_proof::{Proof, Session, old_session_cookies, session_cookie};
pub(crate) use self::site::Site;
pub(crate) use self::visitor::network;

/// The visitor for whom a proxy's guesses of secrets count, if it names none.
const UNNAMED: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The sender of a request that passed the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Holdline's address from the browser's point of view.
    pub(crate) site: Site,
    /// The address or network to which limits apply; `None` for programs and proxies that name no visitor.
    pub(crate) visitor: Option<IpAddr>,
    /// Whether a proxy may have passed the request on, for a stranger even if it names no visitor.
    is_passed_on: bool,
    identity: Identity,
    /// The user whom a proxy names, at the door `proxy`.
    proxy_user: Option<ProxyUser>,
    door: Door,
    /// The refusal of a person or a visitor who was banned.
    ban: Option<Box<str>>,
    /// Whether the request carries a cookie with the session's name, valid or not, as a browser's does.
    pub(super) has_session_cookie: bool,
}

impl Caller {
    /// Checks a request: its host must be one of ours, and a request that changes something must come from
    /// one of our own pages or from no page. `peer` is the address of the other end of the connection. An
    /// invalid session is no reason for a refusal here, because many operations need none.
    pub(crate) fn find(
        app: &App,
        peer: Option<IpAddr>,
        line: RequestLine<'_>,
        headers: &CallerHeaders<'_>,
        last_host: Option<&mut LastHost>,
    ) -> Result<Self, ApiError> {
        let trusted = headers.trusted(&app.config, peer);
        if trusted.is_none() && headers.has_forwarded() {
            warn_of_ignored_headers(app, peer);
        }
        let site = if let Some(host) = last_host.as_ref().and_then(|last| last.find(headers, line)) {
            find_site(&app.config, line, headers, Some(host), trusted)?
        } else {
            let host = find_host(headers, line)?;
            if let Some(host) = host.filter(|host| !app.config.hosts.accept(host)) {
                return Err(unknown_host(&host));
            }
            if let (Some(last), Some(host), None) = (last_host, host, line.authority) {
                last.remember(headers, host);
            }
            find_site(&app.config, line, headers, host, trusted)?
        };
        let visitor = peer.and_then(|peer| find_visitor(app, peer.to_canonical(), headers));
        let is_passed_on = headers.is_passed_on || peer.is_none_or(|peer| !peer.to_canonical().is_loopback());
        if visitor.is_none() && is_passed_on && (trusted.is_some() || !headers.has_forwarded()) {
            warn_of_unnamed_visitors(app, peer);
        }
        let (access, now) = (app.access.load(), wall_clock());
        let judge = Judge { sessions: &app.sessions, access: &access, now };
        let (identity, has_session_cookie) = headers.credentials.identify(&judge, &site);
        let grant = headers.credentials.bearer().and_then(|bearer| tokens::find(&access, bearer));
        let identity = grant.map_or(identity, |grant| grant.map_or(Identity::InvalidToken, Identity::Token));
        let door = access.door().door();
        let login = app.config.proxy_login.as_ref().filter(|_| trusted.is_some() && door == Door::Proxy);
        let proxy_user = login.and_then(|login| headers.login.user(login));
        let identity = match identity {
            // Another user has logged in at the proxy since, or the request has come past it.
            Identity::Person(session)
                if door == Door::Proxy
                    && proxy_user.as_ref().map(|user| &user.id) != Some(&session.claim.person.id) =>
            {
                Identity::Nobody
            }
            identity => identity,
        };
        let person = match &identity {
            Identity::Person(session) => Some(&session.claim.person.id),
            Identity::Token(grant) => Some(&grant.person.id),
            _ => None,
        };
        let bannable = if let Identity::Banned(person) = &identity { Some(person) } else { person };
        let ban = access.ban_of(bannable, visitor, now).map(|ban| ban.refusal(bannable, now).into());
        if let (Some(person), Some(visitor)) = (person, visitor) {
            app.whereabouts.note(person, visitor);
        }
        Ok(Self { site, visitor, is_passed_on, identity, proxy_user, door, ban, has_session_cookie })
    }

    /// The person of a valid session; an error without one.
    pub(crate) fn require_session(&self) -> Result<&Person, ApiError> {
        match &self.identity {
            Identity::Owner(owner) => Ok(owner),
            _ => self.known().map(|session| &session.claim.person),
        }
    }

    /// The person in whose name a message is written, a reaction made or somebody invited: that of a session, or of a token
    /// that allows it in this room.
    pub(super) fn require(&self, verb: Verb, room: Option<&RoomName>) -> Result<&Person, ApiError> {
        match &self.identity {
            Identity::Token(grant) => self.check_ban().and_then(|()| grant.check(verb, room)),
            _ => self.require_session(),
        }
    }

    /// Whether the caller presents an access token, holding or not.
    pub(super) fn has_token(&self) -> bool {
        matches!(self.identity, Identity::Token(_) | Identity::InvalidToken)
    }

    /// The user whom a proxy names, at the door `proxy`.
    pub(super) fn proxy_user(&self) -> Option<&ProxyUser> {
        self.proxy_user.as_ref()
    }

    /// The person to whom limits per person apply: none for the owner.
    pub(super) fn limited_person(&self) -> Option<&Person> {
        match &self.identity {
            Identity::Person(session) => Some(&session.claim.person),
            Identity::Token(grant) => Some(&grant.person),
            _ => None,
        }
    }

    /// The visitor for whom wrong secrets count. A proxy that names no visitor counts as one here, unlike for other limits,
    /// because it passes on the guesses of strangers; the owner's own programs are none.
    pub(super) fn guesser(&self) -> Option<IpAddr> {
        self.visitor.or(self.is_passed_on.then_some(UNNAMED))
    }

    /// The person of a valid session, if any.
    pub(crate) fn session(&self) -> Option<&Person> {
        self.require_session().ok()
    }

    /// The valid session; an error without one.
    pub(super) fn known(&self) -> Result<&Session, ApiError> {
        self.check_ban()?;
        Ok(self.identity.session(self.door)?)
    }

    /// The error for a stranger; it says the way in.
    pub(super) fn turned_away(&self) -> ApiError {
        NoSession::Stranger(self.door).into()
    }

    /// The rooms that this caller may read; an error for strangers at a door that is not open.
    pub(super) fn scope(&self, app: &App) -> Result<Scope, ApiError> {
        match &self.identity {
            Identity::Owner(_) => return Ok(Scope::of_every_room()),
            Identity::Token(grant) => {
                self.check_ban()?;
                grant.check_verb(Verb::Read)?;
                let right = Right::Token(Box::new(grant.clone()));
                let reader = RequestReader::new(app.access.clone(), self.visitor, right);
                return Ok(Scope::of_reader(Arc::new(reader), Some(grant.person.id.clone())));
            }
            Identity::InvalidToken => return Err(tokens::revoked()),
            _ => {}
        }
        let session = match self.known() {
            Ok(session) => Some(session),
            Err(_) if self.door == Door::Open && self.ban.is_none() => None,
            Err(refusal) => return Err(refusal),
        };
        let id = session.map(|session| session.claim.person.id.clone());
        let readers = app.config.readers.clone().unwrap_or_else(|| {
            let right =
                session.map_or(Right::Door, |session| Right::Session(Box::new(session.credential.clone())));
            Arc::new(RequestReader::new(app.access.clone(), self.visitor, right))
        });
        Ok(Scope::of_reader(readers, id))
    }

    /// Refuses a person or a visitor who was banned. For the operations that let strangers in; all others ask for a person
    /// or a scope.
    pub(super) fn check_ban(&self) -> Result<(), ApiError> {
        self.ban.as_deref().map_or(Ok(()), |ban| Err(ApiError::new(ProblemCode::Banned, ban)))
    }

    /// Whether the caller is the owner of the log, who has no session and can begin none.
    pub(super) fn is_owner(&self) -> bool {
        matches!(self.identity, Identity::Owner(_))
    }

    /// Whether the session is due for [`renew`](super::renewal::renew).
    pub(crate) fn is_due(&self) -> bool {
        self.known().is_ok_and(|session| session.is_due)
    }
}

/// Warns the operator that a proxy's headers were ignored, and names the flag that trusts a proxy.
fn warn_of_ignored_headers(app: &App, peer: Option<IpAddr>) {
    if let Some(times) = app.ignored_headers.count(1) {
        let peer = peer.map_or_else(|| "an unknown address".to_owned(), |peer| peer.to_string());
        tracing::warn!(
            %peer,
            times,
            "Forwarded or X-Forwarded-* headers were ignored, and so were the visitors that they name; if a proxy of yours sent them, start with --trusted-proxy and its address"
        );
    }
}

/// Finds Holdline's address from the browser's point of view; refuses a request that changes something and
/// was sent by a page of another site.
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
    let nested = Some(line.nested.trim_matches('/'));
    let nested = nested.filter(|path| !path.is_empty() && is_plain_path(path)).unwrap_or_default();
    let base = match (stripped.is_empty(), nested.is_empty()) {
        (true, true) => Cow::Borrowed("/"),
        (_, true) => Cow::Owned(format!("{stripped}/")),
        (_, false) => Cow::Owned(format!("{stripped}/{nested}/")),
    };
    let is_tls = trusted.is_some_and(Forwarded::is_tls);
    let is_trustworthy = is_tls || shown.is_some_and(|host| host.is_local());
    Ok(Site { port: shown.and_then(|host| host.port), is_tls, is_trustworthy, base })
}

fn unknown_host(host: &Host<'_>) -> ApiError {
    let name = host.name;
    let detail = format!(
        "this server does not answer to the host name {name:?}; if that is one of its names, start it with --host {name}"
    );
    ApiError::new(ProblemCode::UnknownHost, detail)
}

/// Whether a request that changes something comes from one of our own pages or from a program. Browsers name
/// the sending page's relation in `Sec-Fetch-Site`, and its origin in `Origin` if encryption is missing or
/// the browser is old. Programs send neither.
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

impl<'a> From<&'a Caller> for Counted<'a> {
    fn from(caller: &'a Caller) -> Self {
        Self { person: caller.limited_person().map(|person| &person.id), visitor: caller.visitor }
    }
}

#[cfg(test)]
mod tests;
