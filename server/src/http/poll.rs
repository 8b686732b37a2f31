//! `GET /api/v1/poll`: the long poll; and the same by `POST`, for queries that are too long for an address.

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use holdline_shared::{PollQuery, ProblemCode};

use super::caller::Caller;
use super::failure::Failure;
use super::identity::known;
use super::params::query_pairs;
use super::{App, body, reply};
use crate::hub::PresenceLease;

/// The one type of a form that is read.
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers with what the rooms have after the cursor, or holds.
pub(super) async fn poll(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    answer(&app, &PollQuery::from_pairs(query_pairs(&uri))?, &caller, headers).await
}

/// The same with the parameters in a form. Those of the address count, too.
pub(super) async fn poll_by_form(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    caller: Caller,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, form) = request.into_parts();
    body::refuse_encoded(&parts.headers)?;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| body::essence(kind).eq_ignore_ascii_case(FORM)) {
        let detail = format!("send the parameters as a form, with the header Content-Type: {FORM}");
        return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
    }
    let form = body::read(form).await?;
    let query = PollQuery::from_pairs(query_pairs(&uri).chain(form_urlencoded::parse(&form)))?;
    answer(&app, &query, &caller, parts.headers).await
}

async fn answer(
    app: &App,
    query: &PollQuery,
    caller: &Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let presence = enter(app, query, caller, || headers)?;
    let answer = app.hub.poll(&query.rooms, query.after, wait, presence).await?;
    let mut response = reply::raw_json(StatusCode::OK, answer.body);
    reply::mark_held(app, response.headers_mut());
    Ok(response)
}

/// Marks the person who asks as here, if that is what the poll wants.
pub(crate) fn enter(
    app: &App,
    query: &PollQuery,
    caller: &Caller,
    headers: impl FnOnce() -> HeaderMap,
) -> Result<Option<PresenceLease>, Failure> {
    if query.here.is_empty() {
        return Ok(None);
    }
    let person = known(app, caller, &headers())?;
    Ok(Some(app.hub.enter(&person, &query.here, query.presence.as_ref())))
}
