//! `GET /api/v1/poll`: the long poll; and the same by `POST`, for queries that are too long for an address.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use holdline_shared::{PollQuery, ProblemCode};

use super::caller::Caller;
use super::failure::Failure;
use super::identity::{caller, known};
use super::params::query_pairs;
use super::{App, body, reply};
use crate::hub::PresenceLease;

/// The one type of a form that is read.
const FORM: &str = "application/x-www-form-urlencoded";

/// Answers with what the rooms have after the cursor, or holds.
pub(super) async fn poll(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (parts, _) = request.into_parts();
    let query = PollQuery::from_pairs(query_pairs(&parts.uri))?;
    answer(app, query, parts).await
}

/// The same with the parameters in a form. Those of the address count, too.
pub(super) async fn poll_by_form(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (parts, form) = request.into_parts();
    body::refuse_encoded(&parts.headers)?;
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| body::essence(kind).eq_ignore_ascii_case(FORM)) {
        let detail = format!("send the parameters as a form, with the header Content-Type: {FORM}");
        return Err(Failure::new(ProblemCode::UnsupportedMediaType, detail));
    }
    let form = body::read(form).await?;
    let query = PollQuery::from_pairs(query_pairs(&parts.uri).chain(form_urlencoded::parse(&form)))?;
    answer(app, query, parts).await
}

/// Lets go of the request before it waits: a held poll is to own as little as possible.
fn answer(app: App, query: PollQuery, parts: Parts) -> impl Future<Output = Result<Response, Failure>> {
    let presence = enter(&app, &query, caller(&parts), || parts.headers.clone());
    async move {
        let wait = query.wait.unwrap_or(app.hub.config().wait);
        let answer = app.hub.poll(&query.rooms, query.after, wait, presence?).await?;
        let mut response = reply::raw_json(StatusCode::OK, answer.body);
        reply::mark_held(&app, response.headers_mut());
        Ok(response)
    }
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
