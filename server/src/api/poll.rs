//! `GET /api/v1/poll`: the long poll; and the same by `POST`, for queries that are too long for an address.

use std::time::Duration;

use holdline_shared::{PollQuery, ProblemCode, RoomName, RoomSelection, Seq};

use super::app::App;
use super::call::Call;
use super::caller::Caller;
use super::error::ApiError;
use super::reply::Reply;
use crate::hub::{PollError, UnknownRoom, Visit};

/// The one type of a form that is read.
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers with what the rooms have after the cursor, or holds. The request is let go of before: a held poll is to own as
/// little as possible.
pub(crate) fn poll(app: App, call: Call) -> impl Future<Output = Result<Reply, ApiError>> + Send {
    let query = PollQuery::from_pairs(call.query_pairs());
    let begun = query.map(|query| poll_for(app, &call.caller, query));
    async move { begun?.await }
}

/// Does the same for a query that was parsed already.
pub(crate) fn poll_for(
    app: App,
    caller: &Caller,
    query: PollQuery,
) -> impl Future<Output = Result<Reply, ApiError>> + Send + use<> {
    let visit = visit(&app, caller, &query);
    async move { hold(&app, &query, visit?).await }
}

/// Does the same with parameters in a form. Those of the address count, too.
pub(crate) async fn poll_by_form(app: App, mut call: Call) -> Result<Reply, ApiError> {
    if !call.media_type().eq_ignore_ascii_case(FORM) {
        let detail = format!("send the parameters as a form, with the header Content-Type: {FORM}");
        return Err(ApiError::media_type(detail));
    }
    let form = call.read_body().await?;
    let query = PollQuery::from_pairs(call.query_pairs().chain(form_urlencoded::parse(&form)))?;
    let visit = visit(&app, &call.caller, &query)?;
    drop((call, form));
    hold(&app, &query, visit).await
}

async fn hold(app: &App, query: &PollQuery, visit: Option<Visit>) -> Result<Reply, ApiError> {
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let answer = app.hub.poll(&query.rooms, query.after, wait, visit.as_ref()).await?;
    Ok(Reply::batch(answer.body, app.hub.is_closing()))
}

/// Lets the person who asks be here, if that is what the poll wants.
fn visit(app: &App, caller: &Caller, query: &PollQuery) -> Result<Option<Visit>, ApiError> {
    if query.here.is_empty() {
        return Ok(None);
    }
    let person = caller.require_session()?;
    Ok(Some(app.hub.visit(person, query.here.clone(), query.presence.clone())))
}

/// A poll that a keeper of its own is to hold.
pub(crate) struct PollPlan {
    /// The position that the client has reached.
    pub(crate) after: Seq,
    /// The presence of the person who asks.
    pub(crate) visit: Option<Visit>,
    /// How long the client asked to be held, and how long it is held.
    pub(crate) asked: Duration,
    pub(crate) granted: Duration,
}

impl PollPlan {
    /// Checks everything that can be checked before the poll is held, in the same order as [`poll`].
    pub(crate) fn new(app: &App, caller: &Caller, query: &PollQuery) -> Result<Self, ApiError> {
        let visit = visit(app, caller, query)?;
        let asked = query.wait.unwrap_or(app.hub.config().wait);
        let (after, granted) = app.hub.admit(query.after, asked).map_err(|error| {
            if let Some(room) = missing_room(app, query) {
                return ApiError::unknown_room(room);
            }
            if matches!(error, PollError::Overloaded) {
                app.hub.metrics().polls_refused.increment();
            }
            error.into()
        })?;
        Ok(Self { after, visit, asked, granted })
    }

    /// The error for a poll of which a room is not there.
    pub(crate) fn unknown_room(app: &App, query: &PollQuery) -> ApiError {
        let other = || ApiError::new(ProblemCode::UnknownRoom, UnknownRoom.to_string());
        missing_room(app, query).map_or_else(other, ApiError::unknown_room)
    }
}

fn missing_room<'a>(app: &App, query: &'a PollQuery) -> Option<&'a RoomName> {
    let RoomSelection::Named(names) = &query.rooms else { return None };
    names.iter().find(|room| !app.hub.has_room(room))
}
