//! `GET /api/v1/rooms/{room}/messages`: a page of history; and one message of it.

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use holdline_shared::limits::{HISTORY_DEFAULT, HISTORY_MAX};
use holdline_shared::{ProblemCode, Seq};

use super::failure::Failure;
use super::identity::Visitor;
use super::params::{MessagePath, NoParameters, RoomPath, is_against_caches, parse_seq, query_pairs};
use super::{App, reply};

/// The newest messages, or those before one.
pub(super) async fn history(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    Visitor(visitor): Visitor,
    RoomPath(room): RoomPath,
) -> Result<Response, Failure> {
    let (mut before, mut limit) = (None, None);
    for (name, value) in query_pairs(&uri) {
        match &*name {
            "before" if before.is_none() => before = Some(parse_seq(&value)?),
            "limit" if limit.is_none() => limit = Some(parse_limit(&value)?),
            "before" | "limit" => {
                return Err(Failure::parameter(format!("{name} was given twice; history has one")));
            }
            name if is_against_caches(name) => {}
            other => {
                return Err(Failure::parameter(format!(
                    "there is no parameter {other:?}; history has before and limit"
                )));
            }
        }
    }
    let reader = visitor.map(|person| person.id);
    match app.hub.history(&room, before, limit.unwrap_or(HISTORY_DEFAULT), reader).await? {
        Ok(history) => reply::json(StatusCode::OK, &history),
        Err(_) => Err(Failure::unknown_room(&room)),
    }
}

/// Answers with a message as it stands now.
pub(super) async fn message(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    MessagePath(room, seq): MessagePath,
    _: NoParameters,
) -> Result<Response, Failure> {
    // The newest message before the next one is this one, if it is there.
    let next = Seq(seq.0.saturating_add(1));
    let Ok(history) = app.hub.history(&room, Some(next), 1, visitor.map(|person| person.id)).await? else {
        return Err(Failure::unknown_room(&room));
    };
    let message = history.messages.last().filter(|message| message.seq == seq).ok_or_else(|| {
        let detail = format!("there is no message {} in this room; it may have been let go", seq.0);
        Failure::new(ProblemCode::UnknownMessage, detail)
    })?;
    reply::json(StatusCode::OK, message)
}

fn parse_limit(text: &str) -> Result<usize, Failure> {
    let limit = text.parse().ok().filter(|limit| (1..=HISTORY_MAX).contains(limit));
    limit
        .ok_or_else(|| Failure::parameter(format!("limit is a number from 1 to {HISTORY_MAX}, not {text:?}")))
}
