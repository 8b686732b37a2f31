//! `POST /api/v1/rooms/{room}/messages`: publishing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::{MessageText, PublishKey, Seq};
use serde::Deserialize;

use super::body::JsonBody;
use super::failure::Failure;
use super::identity::Known;
use super::params::PathParams;
use super::{App, reply};
use crate::log::{Draft, DraftKind};

/// The request before its words are checked, so that each has its own problem.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    key: String,
    text: String,
    #[serde(default)]
    reply_to: Option<Seq>,
}

/// Appends a message; answers when it is durable.
pub(super) async fn publish(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
    JsonBody(request): JsonBody<Unchecked>,
) -> Result<Response, Failure> {
    let kind = DraftKind::Message {
        key: request.key.parse::<PublishKey>()?,
        text: MessageText::parse(&request.text)?,
        reply_to: request.reply_to,
        makes_room: false,
    };
    let outcome = app.hub.publish(Draft { author, room: params.room()?, kind }).await?;
    Ok(reply::outcome(StatusCode::CREATED, outcome))
}
