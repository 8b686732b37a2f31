//! `/api/v1/me`: the caller's own account. A guest gets one by choosing a passphrase, and keeps id, messages and rooms.

use holdline_shared::{Door, Me, Nickname, Person, ProblemCode, Topic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::erase::{self, FateOfMessages};
use super::error::ApiError;
use super::reply::{Reply, SET_COOKIE};
use super::slow_hashes::Passphrase;
use super::{profile, proxied_account, session, session_cookies};
use crate::access::{AccessChange, Account, Denied};
use crate::log::{Draft, wall_clock};
use crate::session::Claim;

/// The length in bytes of the longest name of a time zone.
const TIME_ZONE: usize = 64;

/// The number of sessions as which the erasing of a guest counts. It looks through the whole log for the name, and guests cost
/// nothing to make.
const SESSIONS_PER_GUEST_ERASED: usize = 20;

#[derive(Deserialize, ToSchema)]
struct MeBody {
    #[schema(value_type = Option<Nickname>)]
    #[serde(default)]
    name: Option<String>,
    #[schema(value_type = Option<Topic>)]
    #[serde(default)]
    about: Option<String>,
    /// The name of a time zone, such as `Europe/Zurich`; empty for none.
    #[serde(default)]
    time_zone: Option<String>,
    /// The new passphrase, which makes a member of a guest.
    #[serde(default)]
    passphrase: Option<Passphrase>,
    /// The present passphrase, if there is one, without which it cannot be changed.
    #[serde(default)]
    old_passphrase: Option<Passphrase>,
}

/// The body with its fields validated.
struct Changes {
    name: Option<Nickname>,
    about: Option<Topic>,
    time_zone: Option<String>,
    passphrase: Option<Passphrase>,
    old_passphrase: Option<Passphrase>,
}

pub(crate) const SHOW: Description =
    Description::new("The caller as they see themselves").for_people().answers::<Me>(200);

pub(crate) const CHANGE: Description =
    Description::new("Changes what is named; a guest who sends a passphrase becomes a member")
        .for_people()
        .takes::<MeBody>()
        .answers::<Me>(200)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::InvalidTopic,
            ProblemCode::NameTaken,
            ProblemCode::WrongSecret,
            ProblemCode::RateLimited,
        ]);

pub(crate) const ERASE: Description = Description::new("Erases the caller, with an account or without")
    .for_people()
    .query(&[FateOfMessages::PARAMETER])
    .answers_empty(204)
    .problems(&[ProblemCode::RateLimited]);

/// `GET`: shows the caller as they see themselves.
pub(crate) async fn show(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let person = call.caller.require_session()?;
    Ok(Reply::json(200, &profile::of_caller(&app.access.load(), person))?)
}

/// `PATCH`: changes what is named.
pub(crate) async fn change(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let claim = call.caller.known()?.claim.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let changes = Changes::parse(call.read_json().await?)?;
    let access = app.access.snapshot();
    if changes.passphrase.is_some() && access.door().door() == Door::Proxy {
        return Err(proxied_account::no_passphrases());
    }
    if changes.name.as_ref().is_some_and(|name| *name != claim.person.name)
        && call.caller.proxy_user().is_some()
    {
        return Err(proxied_account::no_other_names());
    }
    let (claim, is_new) = match access.account(&claim.person.id) {
        Some(account) => (change_account(&app, &call, claim, account, changes).await?, false),
        None => change_guest(&app, &call, claim, changes).await?,
    };
    let mut me = profile::of_caller(&app.access.load(), &claim.person);
    let token = session::sign(&app, &claim);
    me.token = (is_new && session::may_see_token(&call.caller)).then(|| token.clone());
    let cookie = is_new.then(|| session_cookies::begin_cookie(&call.caller.site, &token));
    let reply = Reply::json(200, &me)?;
    Ok(cookie.into_iter().fold(reply, |reply, cookie| reply.with(SET_COOKIE, cookie)))
}

/// `DELETE`: erases the caller, with an account or without.
pub(crate) async fn erase(app: App, call: Call) -> Result<Reply, ApiError> {
    let person = call.caller.require_session()?;
    app.limits.publish(&call.caller)?;
    let messages = FateOfMessages::of_query(&call)?;
    if app.access.load().account(&person.id).is_none() {
        for _ in 0..SESSIONS_PER_GUEST_ERASED {
            app.limits.begin_session(&call.caller)?;
        }
    }
    erase::erase(&app, person, &person.id, messages).await?;
    Ok(session_cookies::cleared(&call.caller.site))
}

impl Changes {
    fn parse(body: MeBody) -> Result<Self, ApiError> {
        Ok(Self {
            name: body.name.as_deref().map(Nickname::parse).transpose()?,
            about: body.about.as_deref().map(Topic::parse).transpose()?,
            time_zone: body.time_zone.map(parse_time_zone).transpose()?,
            passphrase: body.passphrase.map(Passphrase::acceptable).transpose()?,
            old_passphrase: body.old_passphrase,
        })
    }
}

async fn change_account(
    app: &App,
    call: &Call,
    mut claim: Claim,
    account: &Account,
    changes: Changes,
) -> Result<Claim, ApiError> {
    let author = claim.person.clone();
    let is_renamed = changes.name.is_some();
    claim.person.name = changes.name.unwrap_or(claim.person.name);
    let about = changes.about.unwrap_or_else(|| account.about.clone());
    let time_zone = changes.time_zone.unwrap_or_else(|| account.time_zone.clone());
    let change = AccessChange::Profile { person: claim.person.clone(), about, time_zone };
    if let Some(passphrase) = changes.passphrase {
        // A name that is taken costs no hash.
        app.access.load().check_change(&author, &change, wall_clock())?;
        change_passphrase(app, call, account, changes.old_passphrase, passphrase).await?;
    }
    app.hub.publish(Draft::access(author, change)).await?;
    if is_renamed {
        app.hub.rename(&claim.person);
    }
    Ok(claim)
}

async fn change_passphrase(
    app: &App,
    call: &Call,
    account: &Account,
    old: Option<Passphrase>,
    new: Passphrase,
) -> Result<(), ApiError> {
    // A hash costs what a session does.
    app.limits.begin_session(&call.caller)?;
    if account.passphrase.is_some() {
        let attempt = app.limits.failed_secrets.attempt(call.caller.guesser())?;
        let Some(old) = old else {
            let detail =
                "a passphrase is changed by whoever knows it: send the present one as old_passphrase";
            return Err(ApiError::new(ProblemCode::WrongSecret, detail));
        };
        if !app.hashes.verify(old, account.passphrase.clone()).await? {
            return Err(Denied::WrongSecret.into());
        }
        attempt.succeeded();
    }
    let passphrase = app.hashes.hash(new).await?;
    let session = call.caller.known()?;
    let (author, stays) = (session.claim.person.clone(), session.credential.session_hash().cloned());
    let change = AccessChange::Passphrase { person: author.id.clone(), passphrase, session: stays };
    app.hub.publish(Draft::access(author, change)).await?;
    Ok(())
}

/// Renames a guest, or makes a member of them; returns the claim that is valid from now on, and whether it is another one.
async fn change_guest(
    app: &App,
    call: &Call,
    claim: Claim,
    changes: Changes,
) -> Result<(Claim, bool), ApiError> {
    let Some(passphrase) = changes.passphrase else {
        if changes.about.is_some() || changes.time_zone.is_some() {
            return Err(Denied::MembersOnly.into());
        }
        return match changes.name {
            Some(name) => Ok((session::rename(app, claim, name).await?, true)),
            None => Ok((claim, false)),
        };
    };
    let person = Person { id: claim.person.id, name: changes.name.unwrap_or(claim.person.name) };
    let change = |passphrase| AccessChange::Joined { person: person.clone(), is_bot: false, passphrase };
    app.access.load().check_change(&person, &change(None), wall_clock())?;
    app.limits.begin_session(&call.caller)?;
    let change = change(Some(app.hashes.hash(passphrase).await?));
    app.hub.publish(Draft::access(person.clone(), change)).await?;
    app.hub.rename(&person);
    if changes.about.is_some() || changes.time_zone.is_some() {
        let (about, time_zone) = (changes.about.unwrap_or_default(), changes.time_zone.unwrap_or_default());
        let change = AccessChange::Profile { person: person.clone(), about, time_zone };
        app.hub.publish(Draft::access(person.clone(), change)).await?;
    }
    Ok((session::of_account(app, call, person).await?, true))
}

/// Validates the form of a time zone's name; which ones there are, browsers know.
fn parse_time_zone(text: String) -> Result<String, ApiError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    if text.len() <= TIME_ZONE && text.bytes().all(is_plain) {
        return Ok(text);
    }
    let detail = "a time zone has a name such as Europe/Zurich, or none";
    Err(ApiError::new(ProblemCode::InvalidBody, detail))
}
