//! Who asks: a bearer token or the session cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use holdline_shared::{Person, ProblemCode};

use super::App;
use super::failure::Failure;
use crate::session::InvalidSession;

/// The name of the session cookie.
pub(super) const COOKIE: &str = "holdline_session";

/// Somebody with a valid session; others are asked to get one.
pub(super) struct Known(pub(super) Person);

/// Somebody with a valid session, or nobody in particular.
pub(super) struct Visitor(pub(super) Option<Person>);

impl FromRequestParts<App> for Known {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        known(app, &parts.headers).map(Self)
    }
}

/// The person who has this session, or what to tell somebody who has none.
pub(super) fn known(app: &App, headers: &HeaderMap) -> Result<Person, Failure> {
    match find(app, headers) {
        Some(Ok(person)) => Ok(person),
        Some(Err(error)) => Err(Failure::new(ProblemCode::SessionInvalid, error.to_string())),
        None => {
            let detail = "this needs a session: POST to /api/v1/session, then send its token or cookie";
            Err(Failure::new(ProblemCode::SessionRequired, detail))
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(find(app, &parts.headers).and_then(Result::ok)))
    }
}

fn find(app: &App, headers: &HeaderMap) -> Option<Result<Person, InvalidSession>> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let token = bearer.or_else(|| cookie(headers, COOKIE))?;
    Some(app.sessions.check(token))
}

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
