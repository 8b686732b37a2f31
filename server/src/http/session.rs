//! `/api/v1/session`: who I am.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdline_shared::{Nickname, Person, PersonId, Session};
use serde::Deserialize;

use super::base::base_path;
use super::body::JsonBody;
use super::failure::Failure;
use super::identity::{COOKIE, Known, Visitor};
use super::{App, reply};
use crate::log::LogError;
use crate::{nicknames, random};

/// A year, after which a browser forgets a session that was not used; each use of `POST` begins it anew.
const COOKIE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The request before its nickname is checked.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    #[serde(default)]
    nickname: Option<String>,
}

/// `GET`: who I am by the session that I sent.
pub(super) async fn show(State(app): State<App>, Known(person): Known) -> Result<Response, Failure> {
    let token = app.sessions.sign(&person);
    reply::json(StatusCode::OK, &Session { person, token: Some(token) })
}

/// `POST`: begins a session, or changes the nickname of the one that was sent.
pub(super) async fn begin(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    use axum::extract::FromRequest as _;
    let (mut parts, body) = request.into_parts();
    let Ok(Visitor(visitor)) = Visitor::from_request_parts(&mut parts, &app).await;
    let attributes = cookie_attributes(&parts);
    let JsonBody(unchecked) =
        JsonBody::<Unchecked>::from_request(Request::from_parts(parts, body), &app).await?;
    let nickname = unchecked.nickname.as_deref().map(Nickname::parse).transpose()?;
    let (status, person) = match (visitor, nickname) {
        (Some(person), None) => (StatusCode::OK, person),
        (Some(person), Some(name)) => {
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
    let cookie = format!("{COOKIE}={token}; Max-Age={COOKIE_SECONDS}{attributes}");
    with_cookie(reply::json(status, &Session { person, token: Some(token) })?, &cookie)
}

/// `DELETE`: leave, now.
pub(super) async fn end(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    request: Request,
) -> Result<Response, Failure> {
    if let Some(person) = visitor {
        app.hub.leave(&person.id);
    }
    let attributes = cookie_attributes(&request.into_parts().0);
    with_cookie(StatusCode::NO_CONTENT.into_response(), &format!("{COOKIE}=; Max-Age=0{attributes}"))
}

/// Scripts cannot read the cookie, other sites' requests do not carry it, and over TLS it stays there.
fn cookie_attributes(parts: &Parts) -> String {
    let is_tls = parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    let secure = if is_tls { "; Secure" } else { "" };
    format!("; Path={}; HttpOnly; SameSite=Lax{secure}", base_path(parts))
}

fn with_cookie(mut response: Response, cookie: &str) -> Result<Response, Failure> {
    let value = HeaderValue::from_str(cookie).map_err(|e| LogError::Unavailable(e.to_string()))?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}
