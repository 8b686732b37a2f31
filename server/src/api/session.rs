//! `/api/v1/session`: the caller's identity. A token is told to clients that store it themselves, and never
//! to one that sent the cookie: a script injected into a page must not be able to carry the session away.

use bytes::Bytes;
use holdline_shared::{Nickname, Person, PersonId, ProblemCode, Session};
use serde::Deserialize;

use super::app::App;
use super::call::Call;
use super::caller::{Caller, OLD_SESSION_COOKIE, Proof, Site, session_cookie};
use super::error::ApiError;
use super::reply::Reply;
use crate::{nicknames, random};

/// A year, after which a browser forgets an unused session; each `POST` restarts it.
const COOKIE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The body before its nickname is validated.
#[derive(Deserialize)]
struct SessionBody {
    #[serde(default)]
    nickname: Option<String>,
}

/// `GET`: shows the person of the session that was sent.
pub(crate) async fn show(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (caller, site) = (&call.caller, &call.caller.site);
    refuse_owner(caller)?;
    let person = caller.require_session()?.clone();
    let token = app.sessions.sign(&person);
    let may_see_token = caller.proof() == Some(Proof::Bearer);
    let reply = Reply::json(200, &Session { person, token: may_see_token.then(|| token.clone()) })?;
    let is_renamed = caller.proof() == Some(Proof::OldCookie) && session_cookie(site) != OLD_SESSION_COOKIE;
    Ok(if is_renamed { reply.with(SET_COOKIE, begin_cookie(site, &token)) } else { reply })
}

/// `POST`: begins a session, or changes the nickname of the one that was sent.
pub(crate) async fn begin(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let body: SessionBody = call.read_json().await?;
    let nickname = body.nickname.as_deref().map(Nickname::parse).transpose()?;
    let caller = &call.caller;
    refuse_owner(caller)?;
    let found = caller.session().cloned();
    let may_see_token = match caller.proof() {
        Some(proof) => proof == Proof::Bearer,
        None => !caller.has_session_cookie,
    };
    let (status, person) = match (found, nickname) {
        (Some(person), None) => (200, person),
        (Some(person), Some(name)) => {
            let person = Person { id: person.id, name };
            app.hub.rename(&person);
            (200, person)
        }
        (None, nickname) => {
            let name = nickname.unwrap_or_else(nicknames::make_up);
            (201, Person { id: PersonId::from_random(random::bytes()), name })
        }
    };
    let token = app.sessions.sign(&person);
    let reply = Reply::json(status, &Session { person, token: may_see_token.then(|| token.clone()) })?;
    Ok(reply.with(SET_COOKIE, begin_cookie(&caller.site, &token)))
}

/// `DELETE`: ends the caller's presence and clears the cookie.
pub(crate) async fn end(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (caller, site) = (&call.caller, &call.caller.site);
    let name = session_cookie(site);
    let mut reply = Reply { caching: None, ..Reply::new(204, None, Bytes::new()) };
    reply = reply.with(SET_COOKIE, end_cookie(site, &name));
    if let Some(person) = caller.session() {
        app.hub.leave(&person.id);
        if caller.proof() == Some(Proof::OldCookie) && name != OLD_SESSION_COOKIE {
            reply = reply.with(SET_COOKIE, end_cookie(site, OLD_SESSION_COOKIE));
        }
    }
    Ok(reply)
}

/// Refuses a session in the name of the server, which would be the owner's wherever it is sent from.
fn refuse_owner(caller: &Caller) -> Result<(), ApiError> {
    if caller.is_owner() {
        return Err(ApiError::new(ProblemCode::NotAllowed, "the owner of the server needs no session"));
    }
    Ok(())
}

const SET_COOKIE: &str = "set-cookie";

fn begin_cookie(site: &Site, token: &str) -> String {
    format!("{}={token}; Max-Age={COOKIE_SECONDS}{}", session_cookie(site), attributes(site))
}

fn end_cookie(site: &Site, name: &str) -> String {
    format!("{name}=; Max-Age=0{}", attributes(site))
}

/// The cookie's attributes: hidden from scripts, not sent with other sites' requests, and if it was set over
/// TLS, never sent in the clear.
fn attributes(site: &Site) -> String {
    format!("; Path={}; HttpOnly; SameSite=Lax{}", site.base, site.secure())
}
