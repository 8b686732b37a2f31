//! `POST /api/v1/redeem`: uses a code once: an invite, or a link to another device.

use holdline_shared::{Door, Nickname, Person, ProblemCode, Session};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use super::slow_hashes::Passphrase;
use super::{proxied_account, session};
use crate::access::{AccessChange, Denied, InviteGives, SecretHash};
use crate::log::{Draft, LogError, Refusal, wall_clock};

#[derive(Deserialize, ToSchema)]
struct RedeemBody {
    code: String,
    /// The name of a new person; absent or `null` lets the server invent one.
    #[schema(value_type = Option<Nickname>)]
    #[serde(default)]
    nickname: Option<String>,
    #[serde(default)]
    passphrase: Option<Passphrase>,
}

pub(crate) const REDEEM: Description =
    Description::new("Uses the code of an invite or of a link to another device, and begins a session")
        .for_strangers()
        .takes::<RedeemBody>()
        .answers::<Session>(201)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::WrongSecret,
            ProblemCode::NameTaken,
            ProblemCode::NotAllowed,
            ProblemCode::RateLimited,
        ]);

/// Redeems the code and begins a session. The log decides, in the transaction that makes the member, so that a code works as
/// often as it says however many use it at once. A guest keeps their id and with it what they wrote; a member stays who they
/// are. Used, expired, revoked and unknown codes have the same answer.
pub(crate) async fn redeem(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let body: RedeemBody = call.read_json().await?;
    let nickname = body.nickname.as_deref().map(Nickname::parse).transpose()?;
    call.caller.check_ban()?;
    let attempt = app.limits.failed_secrets.attempt(call.caller.guesser())?;
    let (access, invite) = (app.access.snapshot(), SecretHash::of(&body.code));
    let gives = access.usable_invite(&invite, wall_clock()).map(|state| &state.invite.gives);
    let gives = gives.ok_or(Denied::WrongSecret)?;
    session::refuse_owner(&call.caller)?;
    let is_proxied = access.door().door() == Door::Proxy;
    let session = call.caller.known().ok();
    let has_account = session.is_some_and(|session| session.credential.session_hash().is_some());
    let person = match (gives, session.map(|session| session.claim.person.clone()), nickname) {
        (InviteGives::Device(owner), ..) => access.account(owner).ok_or(Denied::WrongSecret)?.person.clone(),
        (_, Some(guest), Some(name)) if !has_account => Person { id: guest.id, name },
        (_, Some(person), _) => person,
        (_, None, _) if is_proxied => proxied_account::account(&app, &call).await?,
        (_, None, nickname) => {
            app.limits.begin_session(&call.caller)?;
            session::new_person(&access, nickname)?
        }
    };
    let has_session = session.is_some();
    let change = |passphrase| AccessChange::Redeemed {
        invite: invite.clone(),
        person: person.clone(),
        passphrase,
        has_session,
    };
    // Whatever can be refused is refused before a hash takes its time.
    if let Err(denied) = app.access.load().check_change(&person, &change(None), wall_clock()) {
        if denied != Denied::WrongSecret {
            attempt.succeeded();
        }
        return Err(denied.into());
    }
    let passphrase = match (gives, body.passphrase) {
        (InviteGives::Member | InviteGives::Admin, Some(passphrase)) if !has_account && !is_proxied => {
            // A person without a session has paid for one above.
            if session.is_some() {
                app.limits.begin_session(&call.caller)?;
            }
            Some(app.hashes.hash(passphrase).await?)
        }
        _ => None,
    };
    let change = change(passphrase);
    let redeemed = app.hub.publish(Draft::access(person.clone(), change)).await;
    if !matches!(redeemed, Err(LogError::Refused(Refusal::Denied(Denied::WrongSecret)))) {
        attempt.succeeded();
    }
    redeemed?;
    let claim = match (gives, session) {
        (InviteGives::Device(_), _) => session::of_account(&app, &call, person).await?,
        (_, Some(session)) if has_account => session.claim.clone(),
        (InviteGives::Guest, _) if !is_proxied => session::guest(&access, person),
        _ => session::of_account(&app, &call, person).await?,
    };
    session::answer(&app, &call.caller, 201, &claim)
}
