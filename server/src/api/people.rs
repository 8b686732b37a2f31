//! `/api/v1/people`: the members and bots of the server. Admins change and erase them.

use bytes::Bytes;
use holdline_shared::{People, PersonId, ProblemCode, Profile};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::erase::{self, FateOfMessages};
use super::error::ApiError;
use super::profile;
use super::reply::Reply;
use crate::access::{AccessChange, Denied};
use crate::log::Draft;

#[derive(Deserialize, ToSchema)]
struct PersonBody {
    admin: bool,
}

pub(crate) const LIST: Description =
    Description::new("Members and bots, among these the webhooks of rooms that the caller may read")
        .for_readers()
        .answers::<People>(200)
        .problems(&[ProblemCode::RateLimited]);

pub(crate) const SHOW: Description = Description::new("A member or a bot")
    .for_readers()
    .answers::<Profile>(200)
    .problems(&[ProblemCode::UnknownPerson, ProblemCode::RateLimited]);

pub(crate) const CHANGE: Description = Description::new("Makes somebody an admin, or none; for admins")
    .for_people()
    .takes::<PersonBody>()
    .answers::<Profile>(200)
    .problems(&[ProblemCode::UnknownPerson, ProblemCode::RateLimited]);

pub(crate) const ERASE: Description = Description::new("Erases somebody's account; for admins")
    .for_people()
    .query(&[FateOfMessages::PARAMETER])
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownPerson, ProblemCode::RateLimited]);

/// `GET`: lists them.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    app.limits.read(&call.caller)?;
    let (scope, access) = (call.caller.scope(&app)?, app.access.snapshot());
    let hooks = access.hooks().filter_map(|state| profile::of_hook(state, &scope));
    let people = access.accounts().map(profile::of_account).chain(hooks).collect();
    Ok(Reply::json(200, &People { people })?)
}

/// `GET …/{id}`: shows one.
pub(crate) async fn show(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    app.limits.read(&call.caller)?;
    let (scope, access, id) = (call.caller.scope(&app)?, app.access.snapshot(), person_id(&call)?);
    let hook = || access.hook(&id).and_then(|state| profile::of_hook(state, &scope));
    let found = access.account(&id).map(profile::of_account).or_else(hook);
    Ok(Reply::json(200, &found.ok_or(Denied::UnknownPerson)?)?)
}

/// `PATCH …/{id}`: makes somebody an admin, or none.
pub(crate) async fn change(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let person = person_id(&call)?;
    let PersonBody { admin } = call.read_json().await?;
    let change = AccessChange::Admin { person: person.clone(), on: admin };
    app.hub.publish(Draft::access(author, change)).await?;
    let access = app.access.load();
    let account = access.account(&person).ok_or(Denied::UnknownPerson)?;
    Ok(Reply::json(200, &profile::of_account(account))?)
}

/// `DELETE …/{id}`: erases somebody's account.
pub(crate) async fn erase(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?;
    app.limits.publish(&call.caller)?;
    let messages = FateOfMessages::of_query(&call)?;
    erase::erase(&app, author, &person_id(&call)?, messages).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}

/// The person in the path; what is no id is nobody's.
pub(super) fn person_id(call: &Call) -> Result<PersonId, ApiError> {
    Ok(PersonId::parse(call.id()).map_err(|_| Denied::UnknownPerson)?)
}
