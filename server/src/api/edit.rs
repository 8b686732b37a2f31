//! `PATCH /api/v1/rooms/{room}/messages/{seq}`: replaces the text of a message.

use holdline_shared::MessageText;
use serde::Deserialize;

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

/// The body before its text is validated.
#[derive(Deserialize)]
struct EditBody {
    text: String,
}

/// Appends an edit.
pub(crate) async fn edit(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let (room, target) = call.message()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let body: EditBody = call.read_json().await?;
    let kind = DraftKind::Edit { target, text: MessageText::parse(&body.text)? };
    Ok(Reply::outcome(200, &app.hub.publish(Draft { author, room, kind }).await?))
}
