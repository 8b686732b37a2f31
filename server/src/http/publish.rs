//! `POST /api/v1/rooms/{room}/messages`: publishing.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use holdline_shared::{MessageText, Person, PublishKey, RoomName, Seq};
use serde::Deserialize;

use super::body::JsonBody;
use super::caller::Caller;
use super::failure::Failure;
use super::identity::{Known, known};
use super::params::{NoParameters, RoomPath};
use super::{App, reply};
use crate::log::{Draft, DraftKind, LogError, Outcome};

/// The request before its words are checked, so that each has its own problem.
#[derive(Deserialize)]
pub(super) struct UncheckedMessage {
    key: String,
    text: String,
    #[serde(default)]
    reply_to: Option<Seq>,
}

/// Appends a message; answers when it is durable.
pub(super) async fn publish(
    State(app): State<App>,
    Known(author): Known,
    RoomPath(room): RoomPath,
    _: NoParameters,
    JsonBody(request): JsonBody<UncheckedMessage>,
) -> Result<Response, Failure> {
    let outcome = app.hub.publish(draft(author, room, &request)?).await?;
    let location = match &outcome {
        Outcome::Appended(entry) => format!("messages/{}", entry.seq.0),
        _ => String::new(),
    };
    Ok(reply::at(&location, reply::outcome(StatusCode::CREATED, outcome)))
}

fn draft(author: Person, room: RoomName, request: &UncheckedMessage) -> Result<Draft, Failure> {
    let kind = DraftKind::Message {
        key: request.key.parse::<PublishKey>()?,
        text: MessageText::parse(&request.text)?,
        reply_to: request.reply_to,
        makes_room: false,
    };
    Ok(Draft { author, room, kind })
}

/// The same for an event loop, which has read the whole request: begins to append, if all is well with it.
pub(crate) fn begin_to_publish(
    app: &App,
    room: &str,
    json: &[u8],
    caller: &Caller,
    headers: &HeaderMap,
) -> Option<BoxFuture<'static, Result<Outcome, LogError>>> {
    // An array would be taken for the fields in their order.
    let request: UncheckedMessage =
        json.starts_with(b"{").then(|| serde_json::from_slice(json).ok()).flatten()?;
    let author = known(app, caller, headers).ok()?;
    let draft = draft(author, RoomName::parse(room).ok()?, &request).ok()?;
    Some(app.hub.publish(draft))
}
