//! Changes to a message: edit, delete, react.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::{MessageText, Person};
use serde::Deserialize;

use super::body::JsonBody;
use super::failure::Failure;
use super::identity::Known;
use super::params::PathParams;
use super::{App, reply};
use crate::log::{Draft, DraftKind};

/// The request before its text is checked.
#[derive(Deserialize)]
pub(super) struct Unchecked {
    text: String,
}

/// `PATCH …/messages/{seq}`
pub(super) async fn edit(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
    JsonBody(request): JsonBody<Unchecked>,
) -> Result<Response, Failure> {
    let kind = DraftKind::Edit { target: params.seq()?, text: MessageText::parse(&request.text)? };
    append(&app, author, &params, kind).await
}

/// `DELETE …/messages/{seq}`
pub(super) async fn delete(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
) -> Result<Response, Failure> {
    let kind = DraftKind::Delete { target: params.seq()? };
    append(&app, author, &params, kind).await
}

/// `PUT …/messages/{seq}/reactions/{emoji}`
pub(super) async fn react(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
) -> Result<Response, Failure> {
    let kind = DraftKind::Reaction { target: params.seq()?, emoji: params.emoji()?, on: true };
    append(&app, author, &params, kind).await
}

/// `DELETE …/messages/{seq}/reactions/{emoji}`
pub(super) async fn take_reaction_back(
    State(app): State<App>,
    Known(author): Known,
    params: PathParams,
) -> Result<Response, Failure> {
    let kind = DraftKind::Reaction { target: params.seq()?, emoji: params.emoji()?, on: false };
    append(&app, author, &params, kind).await
}

async fn append(
    app: &App,
    author: Person,
    params: &PathParams,
    kind: DraftKind,
) -> Result<Response, Failure> {
    let outcome = app.hub.publish(Draft { author, room: params.room()?, kind }).await?;
    Ok(reply::outcome(StatusCode::OK, outcome))
}
