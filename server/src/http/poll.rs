//! `GET /api/v1/poll`: the long poll.

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use holdline_shared::PollQuery;

use super::failure::Failure;
use super::identity::known;
use super::params::query_pairs;
use super::{App, reply};
use crate::hub::Visit;

/// Answers with what the rooms have after the cursor, or holds.
pub(super) async fn poll(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let query = PollQuery::from_pairs(query_pairs(&uri))?;
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let visit = visit(&app, &query, || headers)?;
    let answer = app.hub.poll(&query.rooms, query.after, wait, visit.as_ref()).await?;
    let mut response = reply::raw_json(StatusCode::OK, answer.body);
    reply::mark_held(&app, response.headers_mut());
    Ok(response)
}

/// Lets the person who asks be here, if that is what the poll wants.
pub(crate) fn visit(
    app: &App,
    query: &PollQuery,
    headers: impl FnOnce() -> HeaderMap,
) -> Result<Option<Visit>, Failure> {
    if query.here.is_empty() {
        return Ok(None);
    }
    let person = known(app, &headers())?;
    Ok(Some(app.hub.visit(&person, query.here.clone(), query.presence.clone())))
}
