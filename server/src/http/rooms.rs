//! `GET /api/v1/rooms`, `PUT /api/v1/rooms/{room}`: the list, making and changing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::{Person, RoomName, Topic};
use serde::Deserialize;

use super::body::JsonBody;
use super::caller::Caller;
use super::failure::Failure;
use super::identity::Known;
use super::params::{NoParameters, RoomPath};
use super::{App, reply};
use crate::log::{Draft, DraftKind};

/// The request before its topic is checked.
#[derive(Deserialize)]
pub(super) struct UncheckedRoom {
    #[serde(default)]
    topic: Option<String>,
}

/// The most recently active rooms.
pub(super) async fn list(State(app): State<App>, _: NoParameters) -> Result<Response, Failure> {
    reply::json(StatusCode::OK, &app.hub.rooms())
}

/// Makes a room, or changes its topic.
pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Known(author): Known,
    RoomPath(room): RoomPath,
    _: NoParameters,
    JsonBody(request): JsonBody<UncheckedRoom>,
) -> Result<Response, Failure> {
    let topic = request.topic.as_deref().map(Topic::parse).transpose()?;
    allow_to_make(&app, &caller, &author, &room)?;
    let location = reply::encoded(&room);
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Room { topic } }).await?;
    Ok(reply::at(&location, reply::outcome(StatusCode::OK, outcome)))
}

/// Counts a room that is to be made, if there is none of that name.
pub(super) fn allow_to_make(
    app: &App,
    caller: &Caller,
    author: &Person,
    room: &RoomName,
) -> Result<(), Failure> {
    if app.hub.has_room(room) { Ok(()) } else { app.room_limit.take(&author.id, caller) }
}
