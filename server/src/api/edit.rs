//! `PATCH /api/v1/rooms/{room}/messages/{seq}`: replaces the text of a message.

use holdline_shared::{Entry, MessageText, ProblemCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

/// The body before its text is validated.
#[derive(Deserialize, ToSchema)]
struct EditBody {
    #[schema(value_type = MessageText)]
    text: String,
}

pub(crate) const EDIT: Description =
    Description::new("Replaces the text of a message; 204 if nothing changed")
        .for_people()
        .takes::<EditBody>()
        .answers::<Entry>(200)
        .answers_empty(204)
        .problems(&[
            ProblemCode::InvalidText,
            ProblemCode::NotAuthor,
            ProblemCode::MessageDeleted,
            ProblemCode::TooMany,
            ProblemCode::NameTaken,
            ProblemCode::RateLimited,
        ]);

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
