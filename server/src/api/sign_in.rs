//! `POST /api/v1/sign-in`: a session of an account, by its name and passphrase.

use holdline_shared::{Door, Nickname, ProblemCode, Session};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use super::session;
use super::slow_hashes::Passphrase;
use crate::access::Denied;

#[derive(Deserialize, ToSchema)]
struct SignInBody {
    name: String,
    passphrase: Passphrase,
}

pub(crate) const SIGN_IN: Description =
    Description::new("Begins a session of an account, by its name and passphrase")
        .for_strangers()
        .takes::<SignInBody>()
        .answers::<Session>(201)
        .problems(&[ProblemCode::SessionRequired, ProblemCode::WrongSecret, ProblemCode::RateLimited]);

/// Begins a session. An unknown name, an account without a passphrase and a wrong passphrase have the same answer, after the
/// same time.
pub(crate) async fn sign_in(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let body: SignInBody = call.read_json().await?;
    call.caller.check_ban()?;
    let access = app.access.snapshot();
    if access.door().door() == Door::Proxy {
        return Err(call.caller.turned_away());
    }
    let account = Nickname::parse(&body.name).ok().and_then(|name| access.account_named(name.as_str()));
    let hash = account.and_then(|account| account.passphrase.clone());
    // Both before the hash, which takes its time whether or not the passphrase is right.
    app.limits.begin_session(&call.caller)?;
    let attempt = app.limits.failed_secrets.attempt(call.caller.guesser())?;
    let is_right = app.hashes.verify(body.passphrase, hash).await?;
    let account = account.filter(|_| is_right).ok_or(Denied::WrongSecret)?;
    attempt.succeeded();
    let claim = session::of_account(&app, &call, account.person.clone()).await?;
    session::answer(&app, &call.caller, 201, &claim)
}
