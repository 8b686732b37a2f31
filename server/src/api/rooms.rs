//! `GET /api/v1/rooms` and `PUT /api/v1/rooms/{room}`: lists rooms, and creates or changes one.

use holdline_shared::{RoomName, Topic};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::app::App;
use super::call::Call;
use super::caller::Caller;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

/// The body before its topic is validated.
#[derive(Deserialize)]
struct RoomBody {
    #[serde(default)]
    topic: Option<String>,
}

/// Lists the most recently active rooms.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    Ok(Reply::json(200, &app.hub.rooms(&call.caller.scope(&app)?))?)
}

/// Creates a room, or changes its topic.
pub(crate) async fn put(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let room = call.room()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    call.expect_no_query()?;
    let body: RoomBody = call.read_json().await?;
    let topic = body.topic.as_deref().map(Topic::parse).transpose()?;
    count(&app, &call.caller, &room)?;
    let location = utf8_percent_encode(room.as_str(), NON_ALPHANUMERIC).to_string();
    let outcome =
        app.hub.publish(Draft { author, room, kind: DraftKind::Room { topic, policy: None } }).await?;
    Ok(Reply::outcome(200, &outcome).at(|| location))
}

/// Counts a message or a change in a room, and the room too if it does not exist yet.
pub(super) fn count(app: &App, caller: &Caller, room: &RoomName) -> Result<(), ApiError> {
    app.limits.publish(caller)?;
    if app.hub.has_room(room) { Ok(()) } else { app.limits.make_room(caller) }
}
