//! `/api/v1/people/{id}/sessions`: the sessions of somebody's account, for admins: to be looked at, and ended when a device was
//! lost.

use bytes::Bytes;
use holdline_shared::{ProblemCode, SessionList, SessionSummary};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::people::person_id;
use super::reply::Reply;
use crate::access::{AccessChange, Denied};
use crate::log::Draft;

pub(crate) const LIST: Description = Description::new("The sessions of somebody's account; for admins")
    .for_people()
    .answers::<SessionList>(200)
    .problems(&[ProblemCode::UnknownPerson]);

pub(crate) const END: Description = Description::new("Ends all sessions of somebody's account; for admins")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownPerson, ProblemCode::RateLimited]);

/// `GET`: lists them, the last used first.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (caller, access) = (call.caller.require_session()?, app.access.snapshot());
    if !access.is_admin(&caller.id) {
        return Err(Denied::AdminsOnly.into());
    }
    let account = access.account(&person_id(&call)?).ok_or(Denied::UnknownPerson)?;
    let summaries = account.sessions.iter().map(|(hash, state)| SessionSummary {
        id: hash.short().to_owned(),
        device: state.device.clone(),
        begun: state.begun,
        used: state.used,
        current: false,
    });
    let mut sessions: Vec<SessionSummary> = summaries.collect();
    sessions.sort_by_key(|session| std::cmp::Reverse((session.used, session.begun)));
    Ok(Reply::json(200, &SessionList { sessions })?)
}

/// `DELETE`: ends all of them.
pub(crate) async fn end(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let change = AccessChange::SessionsEnded { person: person_id(&call)?, except: None };
    app.hub.publish(Draft::access(author, change)).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
