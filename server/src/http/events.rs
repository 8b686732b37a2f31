//! `GET /api/v1/events`: the same stream as Server-Sent Events.
//!
//! By the HTML standard an `EventSource` gives up for good at any status but 200. So only what is wrong with the request
//! itself is said with a status; whatever passes by itself is an event, after which the browser comes back.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use holdline_shared::{After, PollQuery, RoomSelection};

use super::App;
use super::failure::Failure;
use super::params::query_pairs;
use super::reply::mark_held;
use crate::hub::{Answer, PollError};

/// How often a quiet stream shows that it is alive: below the 30 s at which impatient proxies cut.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Streams batches for ever. The id of each event is the batch's cursor, which a browser sends back by itself.
pub(super) async fn events(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some((name, _)) =
        query_pairs(&uri).find(|(name, _)| ["here", "presence", "wait"].contains(&&**name))
    {
        let why = format!("events have no parameter {name:?}; only a poll shows who is here");
        return Err(Failure::parameter(why));
    }
    let query = PollQuery::from_pairs(query_pairs(&uri))?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let after = resumed.map_or(Ok(query.after), str::parse)?;
    // What is wrong with the request shows here, while it can still be answered with a status.
    let first = match look(&app, &query.rooms, after, Duration::ZERO).await {
        Step::End(failure) if failure.problem().status < 500 => return Err(failure),
        step => step,
    };
    let next = Some((app.clone(), query.rooms, Next::Send(first)));
    let body = Body::from_stream(stream::unfold(next, |next| async move {
        let (app, rooms, next) = next?;
        let step = match next {
            Next::Send(step) => step,
            Next::PollFrom(after) => look(&app, &rooms, after, KEEP_ALIVE).await,
        };
        let goes_on = step.after().filter(|_| !app.hub.is_closing());
        Some((Ok::<_, Infallible>(event(&step)), goes_on.map(|after| (app, rooms, Next::PollFrom(after)))))
    }));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    mark_held(&app, headers);
    Ok(response)
}

/// What the stream does next.
enum Next {
    Send(Step),
    PollFrom(After),
}

/// The result of a look at the log.
enum Step {
    /// Entries, or none within the time.
    Batch(Answer),
    /// Entries are missing; the stream goes on from the present.
    Gap(Failure),
    /// The stream ends, and its reader comes back with the cursor that it has.
    End(Failure),
}

impl Step {
    /// Where the stream goes on.
    fn after(&self) -> Option<After> {
        match self {
            Self::Batch(answer) => Some(After::At(answer.cursor)),
            Self::Gap(failure) => failure.problem().cursor.map(After::At),
            Self::End(_) => None,
        }
    }
}

async fn look(app: &App, rooms: &RoomSelection, after: After, wait: Duration) -> Step {
    match app.hub.poll(rooms, after, wait, None).await {
        Ok(answer) => Step::Batch(answer),
        Err(error @ (PollError::EpochChanged(_) | PollError::Gap { .. })) => Step::Gap(error.into()),
        Err(error) => Step::End(error.into()),
    }
}

/// An event without data is not dispatched by browsers, but they keep its id: a quiet stream moves the cursor, too.
fn event(step: &Step) -> Bytes {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = match step {
        Step::Batch(answer) if answer.is_empty => write!(text, ": held\nid: {}\n\n", answer.cursor),
        Step::Batch(answer) => {
            let data = String::from_utf8_lossy(&answer.body);
            write!(text, "data: {data}\nid: {}\n\n", answer.cursor)
        }
        Step::Gap(failure) | Step::End(failure) => {
            let problem = failure.problem();
            let name = if problem.cursor.is_some() { "gap" } else { "problem" };
            let data = serde_json::to_string(problem).unwrap_or_default();
            let id = problem.cursor.map(|cursor| format!("id: {cursor}\n")).unwrap_or_default();
            let retry = failure.retry_after().unwrap_or(1) * 1000;
            write!(text, "retry: {retry}\nevent: {name}\ndata: {data}\n{id}\n")
        }
    };
    text.into()
}
