//! `/api/v1/session`: who I am. A token is told to clients that keep it themselves, and never to one that came with the
//! cookie: a script that got into a page must not be able to carry the session away.

use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdline_shared::{Nickname, Person, PersonId, Session};
use serde::Deserialize;

use super::body::JsonBody;
use super::caller::Caller;
use super::cookies::{OLD_SESSION_COOKIE, secure, session_cookie};
use super::failure::Failure;
use super::identity::{Proof, caller, has_cookie, identify, known};
use super::params::NoParameters;
use super::{App, reply};
use crate::log::LogError;
use crate::{nicknames, random};

/// A year, after which a browser forgets a session that was not used; each use of `POST` begins it anew.
const COOKIE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The request before its nickname is checked.
#[derive(Deserialize)]
struct UncheckedSession {
    #[serde(default)]
    nickname: Option<String>,
}

/// `GET`: who I am by the session that I sent.
pub(super) async fn show(
    State(app): State<App>,
    _: NoParameters,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let person = known(&app, &caller, &headers)?;
    let token = app.sessions.sign(&person);
    let proof = identify(&app, &caller, &headers).and_then(Result::ok).map(|(_, proof)| proof);
    let session = Session { person, token: (proof == Some(Proof::Bearer)).then(|| token.clone()) };
    let mut response = reply::json(StatusCode::OK, &session)?;
    if proof == Some(Proof::OldCookie) && session_cookie(&caller) != OLD_SESSION_COOKIE {
        set_cookie(&mut response, &begin_cookie(&caller, &token))?;
    }
    Ok(response)
}

/// `POST`: begins a session, or changes the nickname of the one that was sent.
pub(super) async fn begin(
    State(app): State<App>,
    _: NoParameters,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let caller = caller(&parts).clone();
    let found = identify(&app, &caller, &parts.headers).and_then(Result::ok);
    let may_see_token = match found {
        Some((_, proof)) => proof == Proof::Bearer,
        None => !has_cookie(&caller, &parts.headers),
    };
    let JsonBody(unchecked) =
        JsonBody::<UncheckedSession>::from_request(Request::from_parts(parts, body), &app).await?;
    let nickname = unchecked.nickname.as_deref().map(Nickname::parse).transpose()?;
    let (status, person) = match (found, nickname) {
        (Some((person, _)), None) => (StatusCode::OK, person),
        (Some((person, _)), Some(name)) => {
            let person = Person { id: person.id, name };
            app.hub.rename(&person);
            (StatusCode::OK, person)
        }
        (None, nickname) => {
            let name = nickname.unwrap_or_else(nicknames::make_up);
            (StatusCode::CREATED, Person { id: PersonId::from_random(random::bytes()), name })
        }
    };
    let token = app.sessions.sign(&person);
    let session = Session { person, token: may_see_token.then(|| token.clone()) };
    let mut response = reply::json(status, &session)?;
    set_cookie(&mut response, &begin_cookie(&caller, &token))?;
    Ok(response)
}

/// `DELETE`: leave, now.
pub(super) async fn end(
    State(app): State<App>,
    _: NoParameters,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let found = identify(&app, &caller, &headers).and_then(Result::ok);
    let name = session_cookie(&caller);
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &end_cookie(&caller, &name))?;
    if let Some((person, proof)) = found {
        app.hub.leave(&person.id);
        if proof == Proof::OldCookie && name != OLD_SESSION_COOKIE {
            set_cookie(&mut response, &end_cookie(&caller, OLD_SESSION_COOKIE))?;
        }
    }
    Ok(response)
}

fn begin_cookie(caller: &Caller, token: &str) -> String {
    format!("{}={token}; Max-Age={COOKIE_SECONDS}{}", session_cookie(caller), attributes(caller))
}

fn end_cookie(caller: &Caller, name: &str) -> String {
    format!("{name}=; Max-Age=0{}", attributes(caller))
}

/// Scripts cannot read the cookie, other sites' requests do not carry it, and over TLS it stays there.
fn attributes(caller: &Caller) -> String {
    format!("; Path={}; HttpOnly; SameSite=Lax{}", caller.base, secure(caller))
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_str(cookie).map_err(|e| LogError::Unavailable(e.to_string()))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
