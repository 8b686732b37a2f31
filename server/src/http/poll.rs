//! `GET /api/v1/poll`: the long poll.

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::PollQuery;

use super::failure::Failure;
use super::identity::Known;
use super::params::query_pairs;
use super::{App, reply};

/// Answers with what the rooms have after the cursor, or holds.
pub(super) async fn poll(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    known: Result<Known, Failure>,
) -> Result<Response, Failure> {
    let query = PollQuery::from_pairs(query_pairs(&uri))?;
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let visit = match (query.here.is_empty(), known) {
        (true, _) => None,
        (false, Ok(Known(person))) => Some(app.hub.visit(&person, query.here, query.presence)),
        (false, Err(failure)) => return Err(failure),
    };
    let answer = app.hub.poll(&query.rooms, query.after, wait, visit.as_ref()).await?;
    let mut response = reply::raw_json(StatusCode::OK, answer.body);
    reply::mark_held(&app, response.headers_mut());
    Ok(response)
}
