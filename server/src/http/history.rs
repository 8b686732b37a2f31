//! `GET /api/v1/rooms/{room}/messages`: a page of history.

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::limits::{HISTORY_DEFAULT, HISTORY_MAX};

use super::failure::Failure;
use super::identity::Visitor;
use super::params::{PathParams, parse_seq, query_pairs};
use super::{App, reply};

/// The newest messages, or those before one.
pub(super) async fn history(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Visitor(visitor): Visitor,
    params: PathParams,
) -> Result<Response, Failure> {
    let room = params.room()?;
    let (mut before, mut limit) = (None, HISTORY_DEFAULT);
    for (name, value) in query_pairs(&uri) {
        match &*name {
            "before" => before = Some(parse_seq(&value)?),
            "limit" => limit = parse_limit(&value)?,
            other => {
                return Err(Failure::parameter(format!(
                    "there is no parameter {other:?}; history has before and limit"
                )));
            }
        }
    }
    let reader = visitor.map(|person| person.id);
    match app.hub.history(&room, before, limit, reader).await? {
        Ok(history) => reply::json(StatusCode::OK, &history),
        Err(_) => Err(Failure::unknown_room(&room)),
    }
}

fn parse_limit(text: &str) -> Result<usize, Failure> {
    let limit = text.parse().ok().filter(|limit| (1..=HISTORY_MAX).contains(limit));
    limit
        .ok_or_else(|| Failure::parameter(format!("limit is a number from 1 to {HISTORY_MAX}, not {text:?}")))
}
