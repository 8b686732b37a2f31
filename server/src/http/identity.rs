//! Which person asks: a bearer token or the session cookie, in this order.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use holdline_shared::{Person, ProblemCode};

use super::App;
use super::caller::Caller;
use super::cookies::{OLD_SESSION_COOKIE, cookies, session_cookie};
use super::failure::Failure;
use crate::session::InvalidSession;

/// Cookies of the session's name that are looked at. A browser sends one for each path at which one was set; whoever sends
/// more wants us to check signatures.
const CANDIDATES: usize = 8;

/// Somebody with a valid session; others are asked to get one.
pub(super) struct Known(pub(super) Person);

/// Somebody with a valid session, or nobody in particular.
pub(super) struct Visitor(pub(super) Option<Person>);

/// The credential by which a request proves its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// A token in `Authorization`, which the client keeps itself.
    Bearer,
    /// The cookie, which scripts cannot read.
    Cookie,
    /// The cookie by the name that it had in earlier versions.
    OldCookie,
}

impl FromRequestParts<App> for Known {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        known(app, caller(parts), &parts.headers).map(Self)
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let found = identify(app, caller(parts), &parts.headers);
        Ok(Self(found.and_then(Result::ok).map(|(person, _)| person)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(caller(parts).clone())
    }
}

/// The caller that was found before the request came to its handler.
pub(super) fn caller(parts: &Parts) -> &Caller {
    static NOBODY: Caller =
        Caller { port: None, is_tls: false, base: std::borrow::Cow::Borrowed("/"), visitor: None };
    parts.extensions.get::<Caller>().unwrap_or(&NOBODY)
}

/// The person who has this session, or what to tell somebody who has none.
pub(super) fn known(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<Person, Failure> {
    match identify(app, caller, headers) {
        Some(Ok((person, _))) => Ok(person),
        Some(Err(error)) => Err(Failure::new(ProblemCode::SessionInvalid, error.to_string())),
        None => {
            let detail = "this needs a session: POST to /api/v1/session, then send its token or cookie";
            Err(Failure::new(ProblemCode::SessionRequired, detail))
        }
    }
}

/// The person, and by what they are known. Of several cookies the first that is valid counts; one of the old name counts
/// only if it is valid, as it may be another server's.
pub(super) fn identify(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
) -> Option<Result<(Person, Proof), InvalidSession>> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    if let Some(token) = bearer {
        return Some(app.sessions.check(token).map(|person| (person, Proof::Bearer)));
    }
    if !headers.contains_key(header::COOKIE) {
        return None;
    }
    let find = |name: &str, proof| {
        let values = cookies(headers).filter(|cookie| cookie.name == name.as_bytes()).take(CANDIDATES);
        let mut checked = values.map(|cookie| {
            let token = std::str::from_utf8(cookie.value).map_err(|_| InvalidSession)?;
            app.sessions.check(token).map(|person| (person, proof))
        });
        checked.try_fold(None, |_, one| match one {
            Ok(found) => Err(found),
            Err(invalid) => Ok(Some(invalid)),
        })
    };
    match find(&session_cookie(caller), Proof::Cookie) {
        Err(found) => Some(Ok(found)),
        Ok(invalid) => match find(OLD_SESSION_COOKIE, Proof::OldCookie) {
            Err(found) => Some(Ok(found)),
            Ok(_) => invalid.map(Err),
        },
    }
}

/// Whether the request carries a cookie of the session's name, valid or not: a browser's does.
pub(super) fn has_cookie(caller: &Caller, headers: &HeaderMap) -> bool {
    let name = session_cookie(caller);
    cookies(headers).any(|cookie| [name.as_bytes(), OLD_SESSION_COOKIE.as_bytes()].contains(&cookie.name))
}
