//! Changes to a message: edit, delete, react.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::{MessageText, Person, RoomName};
use serde::Deserialize;

use super::body::JsonBody;
use super::failure::Failure;
use super::identity::Known;
use super::params::{MessagePath, NoParameters, ReactionPath};
use super::{App, reply};
use crate::log::{Draft, DraftKind};

/// The request before its text is checked.
#[derive(Deserialize)]
pub(super) struct UncheckedEdit {
    text: String,
}

/// `PATCH …/messages/{seq}`
pub(super) async fn edit(
    State(app): State<App>,
    Known(author): Known,
    MessagePath(room, target): MessagePath,
    _: NoParameters,
    JsonBody(request): JsonBody<UncheckedEdit>,
) -> Result<Response, Failure> {
    let text = MessageText::parse(&request.text)?;
    append(&app, author, room, DraftKind::Edit { target, text }).await
}

/// `DELETE …/messages/{seq}`
pub(super) async fn delete(
    State(app): State<App>,
    Known(author): Known,
    MessagePath(room, target): MessagePath,
    _: NoParameters,
) -> Result<Response, Failure> {
    append(&app, author, room, DraftKind::Delete { target }).await
}

/// `PUT …/messages/{seq}/reactions/{emoji}`
pub(super) async fn react(
    State(app): State<App>,
    Known(author): Known,
    ReactionPath(room, target, emoji): ReactionPath,
    _: NoParameters,
) -> Result<Response, Failure> {
    append(&app, author, room, DraftKind::Reaction { target, emoji, on: true }).await
}

/// `DELETE …/messages/{seq}/reactions/{emoji}`
pub(super) async fn take_reaction_back(
    State(app): State<App>,
    Known(author): Known,
    ReactionPath(room, target, emoji): ReactionPath,
    _: NoParameters,
) -> Result<Response, Failure> {
    append(&app, author, room, DraftKind::Reaction { target, emoji, on: false }).await
}

async fn append(app: &App, author: Person, room: RoomName, kind: DraftKind) -> Result<Response, Failure> {
    let outcome = app.hub.publish(Draft { author, room, kind }).await?;
    Ok(reply::outcome(StatusCode::OK, outcome))
}
