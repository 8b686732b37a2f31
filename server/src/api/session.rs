//! `/api/v1/session`: the caller's identity. A token is told to clients that store it themselves, and never
//! to one that sent the cookie: a script injected into a page must not be able to carry the session away.

use holdline_shared::{Door, Nickname, Person, PersonId, ProblemCode, Session, Topic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::caller::{Caller, Cookies, Proof, old_session_cookies};
use super::description::Description;
use super::error::ApiError;
use super::proxied_account;
use super::renewal::renewed;
use super::reply::{Reply, SET_COOKIE};
use super::session_cookies::{begin_cookie, cleared, end_cookie};
use super::slow_hashes::Passphrase;
use crate::access::{Access, AccessChange, Denied, Secret};
use crate::log::{Draft, wall_clock};
use crate::session::{Claim, Holder};
use crate::{nicknames, random};

/// The body before its nickname is validated.
#[derive(Deserialize, ToSchema)]
struct SessionBody {
    /// The nickname; absent or `null` keeps the present one, or lets the server invent one.
    #[schema(value_type = Option<Nickname>)]
    #[serde(default)]
    nickname: Option<String>,
    /// The password of the door `password`.
    #[serde(default)]
    password: Option<Passphrase>,
}

pub(crate) const SHOW: Description =
    Description::new("The caller's own person").for_people().answers::<Session>(200);

pub(crate) const BEGIN: Description =
    Description::new("Begins a session (201), or changes the nickname of the one that was sent (200)")
        .for_strangers()
        .takes::<SessionBody>()
        .answers::<Session>(201)
        .answers::<Session>(200)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::SessionRequired,
            ProblemCode::WrongSecret,
            ProblemCode::NameTaken,
            ProblemCode::NotAllowed,
            ProblemCode::RateLimited,
        ]);

pub(crate) const END: Description =
    Description::new("Ends the session and the caller's presence, and clears the cookie")
        .answers_empty(204)
        .problems(&[ProblemCode::LogUnavailable, ProblemCode::ShuttingDown, ProblemCode::StorageFull]);

/// `GET`: shows the person of the session that was sent.
pub(crate) async fn show(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (caller, site) = (&call.caller, &call.caller.site);
    refuse_owner(caller)?;
    let session = caller.known()?;
    let token = sign(&app, &session.claim);
    let may_see_token = session.proof == Proof::Bearer;
    let person = session.claim.person.clone();
    let reply = Reply::json(200, &Session { person, token: may_see_token.then(|| token.clone()) })?;
    let is_renamed = session.proof == Proof::OldCookie;
    Ok(if is_renamed { reply.with(SET_COOKIE, begin_cookie(site, &token)) } else { reply })
}

/// `POST`: begins a session, or changes the nickname of the one that was sent.
pub(crate) async fn begin(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let body: SessionBody = call.read_json().await?;
    let nickname = body.nickname.as_deref().map(Nickname::parse).transpose()?;
    refuse_owner(&call.caller)?;
    call.caller.check_ban()?;
    let found = call.caller.known().ok().map(|session| session.claim.clone());
    let (status, claim) = match (found, nickname) {
        (Some(claim), None) => (200, claim),
        (Some(claim), Some(name)) => {
            app.limits.publish(&call.caller)?;
            (200, rename(&app, claim, name).await?)
        }
        (None, nickname) => (201, let_in(&app, &call, nickname, body.password).await?),
    };
    answer(&app, &call.caller, status, &claim)
}

/// `DELETE`: ends the session and the caller's presence, and clears the cookie.
pub(crate) async fn end(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (caller, site) = (&call.caller, &call.caller.site);
    let mut reply = cleared(site);
    if let Ok(session) = caller.known() {
        let person = &session.claim.person;
        let old = old_session_cookies(&app, &Cookies::of(&call.headers), site);
        if let Some(hash) = session.credential.session_hash() {
            let change = AccessChange::SessionEnded { person: person.id.clone(), session: hash.clone() };
            app.hub.publish(Draft::access(person.clone(), change)).await?;
        }
        app.hub.leave(&person.id);
        for name in old {
            reply = reply.with(SET_COOKIE, end_cookie(site, &name));
        }
    }
    Ok(reply)
}

/// Refuses a session in the name of the server, which would be the owner's wherever it is sent from.
pub(super) fn refuse_owner(caller: &Caller) -> Result<(), ApiError> {
    if caller.is_owner() {
        return Err(ApiError::new(ProblemCode::NotAllowed, "the owner of the server needs no session"));
    }
    Ok(())
}

/// Lets a stranger in as far as the door does.
async fn let_in(
    app: &App,
    call: &Call,
    nickname: Option<Nickname>,
    password: Option<Passphrase>,
) -> Result<Claim, ApiError> {
    app.limits.begin_session(&call.caller)?;
    // The decision and the claim come from one state of the door: if it changes meanwhile, the claim is void.
    let access = app.access.snapshot();
    match access.door().door() {
        Door::Open => {}
        Door::Password => {
            let Some(password) = password else { return Err(call.caller.turned_away()) };
            let attempt = app.limits.failed_secrets.attempt(call.caller.guesser())?;
            let attempt = attempt.counting_for(&app.limits.join_password, call.caller.guesser())?;
            if !app.hashes.verify(password, access.door().password.clone()).await? {
                return Err(Denied::WrongSecret.into());
            }
            attempt.succeeded();
        }
        // The proxy's login is also the first name: anything else could be another user's.
        Door::Proxy => return of_account(app, call, proxied_account::account(app, call).await?).await,
        Door::Invite => return Err(call.caller.turned_away()),
    }
    Ok(guest(&access, new_person(&access, nickname)?))
}

/// A new person of this name, or of a made-up one.
pub(super) fn new_person(access: &Access, nickname: Option<Nickname>) -> Result<Person, ApiError> {
    let id = PersonId::from_random(random::bytes());
    let is_free = |name: &Nickname| !access.is_name_taken(name.as_str(), &id);
    let name = match nickname {
        Some(name) => Some(name).filter(is_free),
        // Of a thousand names a few may be members'.
        None => std::iter::repeat_with(nicknames::make_up).take(100).find(is_free),
    };
    Ok(Person { name: name.ok_or(Denied::NameTaken)?, id })
}

/// The claim of a guest whom the door lets in as it stands in `access`.
pub(super) fn guest(access: &Access, person: Person) -> Claim {
    Claim { person, issued: wall_clock(), holder: Holder::Guest { door: access.door().changes } }
}

/// Begins a session of an account.
pub(super) async fn of_account(app: &App, call: &Call, person: Person) -> Result<Claim, ApiError> {
    let session = Secret::make();
    let change = AccessChange::SessionBegun {
        person: person.id.clone(),
        session: session.hash(),
        device: device(call.header("user-agent").unwrap_or_default()),
    };
    app.hub.publish(Draft::access(person.clone(), change)).await?;
    Ok(Claim { person, issued: wall_clock(), holder: Holder::Account { session } })
}

/// Gives the person of a claim another name.
pub(super) async fn rename(app: &App, mut claim: Claim, name: Nickname) -> Result<Claim, ApiError> {
    let access = app.access.snapshot();
    let person = Person { id: claim.person.id.clone(), name };
    match access.account(&person.id) {
        None if access.is_name_taken(person.name.as_str(), &person.id) => {
            return Err(Denied::NameTaken.into());
        }
        None => {}
        Some(account) => {
            let (about, time_zone) = (account.about.clone(), account.time_zone.clone());
            let change = AccessChange::Profile { person: person.clone(), about, time_zone };
            app.hub.publish(Draft::access(claim.person, change)).await?;
        }
    }
    app.hub.rename(&person);
    claim.person = person;
    Ok(claim)
}

/// Answers with a session and its cookie.
pub(super) fn answer(app: &App, caller: &Caller, status: u16, claim: &Claim) -> Result<Reply, ApiError> {
    let token = sign(app, claim);
    let person = claim.person.clone();
    let shown = Session { person, token: may_see_token(caller).then(|| token.clone()) };
    Ok(Reply::json(status, &shown)?.with(SET_COOKIE, begin_cookie(&caller.site, &token)))
}

/// Whether a new token is told in the answer: to clients without a cookie, which store it themselves.
pub(super) fn may_see_token(caller: &Caller) -> bool {
    match caller.known() {
        Ok(session) => session.proof == Proof::Bearer,
        Err(_) => !caller.has_session_cookie,
    }
}

/// Signs a claim as of now.
pub(super) fn sign(app: &App, claim: &Claim) -> String {
    let access = app.access.load();
    app.sessions.sign(&access, &renewed(&access, claim, wall_clock()))
}

/// The name of a device in the list of sessions: the beginning of the program's own name.
fn device(user_agent: &str) -> Topic {
    let beginning: String = user_agent.chars().filter(|c| !c.is_control()).take(150).collect();
    Topic::parse(&beginning).unwrap_or_default()
}
