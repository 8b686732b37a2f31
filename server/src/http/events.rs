//! `GET /api/v1/events`: the same stream as Server-Sent Events.

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
use crate::hub::Answer;

/// How often a quiet stream shows that it is alive: below the 30 s at which impatient proxies cut.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Streams batches for ever. The id of each event is the batch's cursor, which a browser sends back by itself.
pub(super) async fn events(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let query = PollQuery::from_pairs(query_pairs(&uri))?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let after = resumed.map_or(Ok(query.after), str::parse)?;
    // What is wrong with the request shows here, while it can still be answered with a status.
    let first = app.hub.poll(&query.rooms, after, Duration::ZERO, None).await?;
    let next = Some((app.clone(), query.rooms, Next::Send(first)));
    let body = Body::from_stream(stream::unfold(next, |next| async move {
        let (app, rooms, next) = next?;
        let answer = match next {
            Next::Send(answer) => answer,
            Next::PollFrom(after) => poll(&app, &rooms, after).await?,
        };
        let after = After::At(answer.cursor);
        let goes_on = !app.hub.is_closing();
        Some((Ok::<_, Infallible>(event(&answer)), goes_on.then_some((app, rooms, Next::PollFrom(after)))))
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
    Send(Answer),
    PollFrom(After),
}

/// The next batch; a log that fails ends the stream, and the client comes back with its cursor.
async fn poll(app: &App, rooms: &RoomSelection, after: After) -> Option<Answer> {
    app.hub.poll(rooms, after, KEEP_ALIVE, None).await.ok()
}

/// An event without data is not dispatched by browsers, but they keep its id: a quiet stream moves the cursor, too.
fn event(answer: &Answer) -> Bytes {
    let mut text = String::new();
    if answer.is_empty {
        text.push_str(": held\n");
    } else {
        text.push_str("data: ");
        text.push_str(&String::from_utf8_lossy(&answer.body));
        text.push('\n');
    }
    // Writing to a string cannot fail.
    let _ = write!(text, "id: {}\n\n", answer.cursor);
    text.into()
}
