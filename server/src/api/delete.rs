//! `DELETE /api/v1/rooms/{room}/messages/{seq}`: deletes a message.

use holdline_shared::{Entry, ProblemCode};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

pub(crate) const DELETE: Description = Description::new("Deletes a message; 204 if it was deleted before")
    .for_people()
    .answers::<Entry>(200)
    .answers_empty(204)
    .problems(&[ProblemCode::NotAuthor, ProblemCode::NameTaken, ProblemCode::RateLimited]);

/// Appends a deletion.
pub(crate) async fn delete(app: App, call: Call) -> Result<Reply, ApiError> {
    let (room, target) = call.message()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    // A program that writes for an admin is none.
    let kind =
        if call.caller.has_token() { DraftKind::DeleteOwn { target } } else { DraftKind::Delete { target } };
    Ok(Reply::outcome(200, &app.hub.publish(Draft { author, room, kind }).await?))
}
