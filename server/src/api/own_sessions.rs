//! `/api/v1/me/sessions`: the sessions of the caller's account, to be looked at and ended.

use bytes::Bytes;
use holdline_shared::{ProblemCode, SessionList, SessionSummary};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{AccessChange, Denied};
use crate::log::Draft;

pub(crate) const LIST: Description =
    Description::new("The sessions of the caller's account").for_people().answers::<SessionList>(200);

pub(crate) const END: Description = Description::new("Ends a session of the caller's account")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownItem, ProblemCode::RateLimited]);

pub(crate) const END_OTHERS: Description =
    Description::new("Ends all sessions of the caller's account but the one that asks")
        .for_people()
        .answers_empty(204)
        .problems(&[ProblemCode::RateLimited]);

/// `GET`: lists them.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (session, access) = (call.caller.known()?, app.access.snapshot());
    let current = session.credential.session_hash().ok_or(Denied::MembersOnly)?;
    let account = access.account(&session.claim.person.id).ok_or(Denied::MembersOnly)?;
    let summaries = account.sessions.iter().map(|(hash, state)| SessionSummary {
        id: hash.short().to_owned(),
        device: state.device.clone(),
        begun: state.begun,
        used: state.used,
        current: hash == current,
    });
    let mut sessions: Vec<SessionSummary> = summaries.collect();
    sessions.sort_by_key(|session| std::cmp::Reverse((session.used, session.begun)));
    Ok(Reply::json(200, &SessionList { sessions })?)
}

/// `DELETE …/{id}`: ends one of them.
pub(crate) async fn end(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (person, access) = (call.caller.require_session()?.clone(), app.access.snapshot());
    app.limits.publish(&call.caller)?;
    let account = access.account(&person.id).ok_or(Denied::MembersOnly)?;
    let session = account.sessions.keys().find(|session| session.short() == call.id());
    let session = session.ok_or(Denied::UnknownName)?.clone();
    let change = AccessChange::SessionEnded { person: person.id.clone(), session };
    app.hub.publish(Draft::access(person, change)).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}

/// `DELETE`: ends all but the one that asks.
pub(crate) async fn end_others(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let session = call.caller.known()?;
    let current = session.credential.session_hash().ok_or(Denied::MembersOnly)?;
    app.limits.publish(&call.caller)?;
    let person = session.claim.person.clone();
    let change = AccessChange::SessionsEnded { person: person.id.clone(), except: Some(current.clone()) };
    app.hub.publish(Draft::access(person, change)).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
