//! `GET /api/v1/rooms`, `PUT /api/v1/rooms/{room}`: the list, making and changing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::Topic;
use serde::Deserialize;

use super::body::JsonBody;
use super::failure::Failure;
use super::identity::Known;
use super::params::PathParams;
use super::{App, reply};
use crate::log::{Draft, DraftKind};

/// The request before its topic is checked.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    #[serde(default)]
    topic: Option<String>,
}

/// The most recently active rooms.
pub(super) async fn list(State(app): State<App>) -> Result<Response, Failure> {
    reply::json(StatusCode::OK, &app.hub.rooms())
}

/// Makes a room, or changes its topic.
pub(super) async fn put(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
    JsonBody(request): JsonBody<Unchecked>,
) -> Result<Response, Failure> {
    let room = params.room()?;
    let topic = request.topic.as_deref().map(Topic::parse).transpose()?;
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Room { topic } }).await?;
    Ok(reply::outcome(StatusCode::OK, outcome))
}
