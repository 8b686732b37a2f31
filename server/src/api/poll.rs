//! `GET /api/v1/poll`: the long poll; and the same by `POST`, for queries that are too long for an address.

use holdline_shared::PollQuery;

use super::app::App;
use super::call::Call;
use super::caller::Caller;
use super::error::ApiError;
use super::reply::Reply;
use crate::hub::{PollError, PollRequest, PresenceLease};
use crate::scope::Scope;

/// The one type of a form that is read.
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers with what the rooms have after the cursor, or holds. The request is dropped before: a held poll is to own as little
/// as possible.
pub(crate) fn poll(app: App, call: Call) -> impl Future<Output = Result<Reply, ApiError>> + Send {
    let query = PollQuery::from_pairs(call.query_pairs());
    let begun =
        query.map_err(ApiError::from).and_then(|query| Ok((enter(&app, &call.caller, &query)?, query)));
    let scope = call.caller.scope();
    drop(call);
    async move {
        let (presence, query) = begun?;
        hold(&app, &scope, &query, presence).await
    }
}

/// Does the same with parameters in a form. Those of the address count, too.
pub(crate) async fn poll_by_form(app: App, mut call: Call) -> Result<Reply, ApiError> {
    if !call.media_type().eq_ignore_ascii_case(FORM) {
        let detail = format!("send the parameters as a form, with the header Content-Type: {FORM}");
        return Err(ApiError::media_type(detail));
    }
    let form = call.read_body().await?;
    let query = PollQuery::from_pairs(call.query_pairs().chain(form_urlencoded::parse(&form)))?;
    let presence = enter(&app, &call.caller, &query)?;
    let scope = call.caller.scope();
    drop((call, form));
    hold(&app, &scope, &query, presence).await
}

async fn hold(
    app: &App,
    scope: &Scope,
    query: &PollQuery,
    presence: Option<PresenceLease>,
) -> Result<Reply, ApiError> {
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let answer = app.hub.poll(scope, &query.rooms, query.after, wait, presence).await?;
    Ok(Reply::batch(answer.body, app.hub.is_closing()))
}

/// Checks a poll that a keeper of its own is to hold, in the same order as [`poll`].
pub(crate) fn admit_poll<'a>(
    app: &App,
    caller: &Caller,
    query: &'a PollQuery,
) -> Result<PollRequest<'a>, ApiError> {
    let presence = enter(app, caller, query)?;
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let admitted = app.hub.admit(&caller.scope(), &query.rooms, query.after, wait).inspect_err(|error| {
        if matches!(error, PollError::Overloaded) {
            app.hub.metrics().polls_refused.increment();
        }
    })?;
    Ok(PollRequest { rooms: &query.rooms, admitted, presence })
}

/// Marks the person who asks as here, if that is what the poll wants.
fn enter(app: &App, caller: &Caller, query: &PollQuery) -> Result<Option<PresenceLease>, ApiError> {
    if query.here.is_empty() {
        return Ok(None);
    }
    let person = caller.require_session()?;
    Ok(Some(app.hub.enter(&caller.scope(), person, &query.here, query.presence.as_ref())))
}
