//! `DELETE /api/v1/rooms/{room}/messages/{seq}`: deletes a message.

use holdline_shared::{Entry, ProblemCode, Topic};

use super::app::App;
use super::call::Call;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{AccessChange, Verb};
use crate::log::{Draft, DraftKind, LogError, Outcome};

pub(crate) const DELETE: Description = Description::new("Deletes a message; 204 if it was deleted before")
    .for_people()
    .query(&[Parameter::optional::<Topic>("reason", "The reason why an admin deletes it, for the audit")])
    .answers::<Entry>(200)
    .answers_empty(204)
    .problems(&[
        ProblemCode::InvalidTopic,
        ProblemCode::NotAuthor,
        ProblemCode::NameTaken,
        ProblemCode::RateLimited,
    ]);

/// Appends a deletion. One that only an admin of the room may make is noted for the audit, in an entry of its own: where that fails,
/// the message is deleted all the same.
pub(crate) async fn delete(app: App, call: Call) -> Result<Reply, ApiError> {
    let (room, target) = call.message()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    let [reason] = call.parameters(["reason"])?;
    let reason = reason.as_deref().map(Topic::parse).transpose()?.unwrap_or_default();
    app.limits.publish(&call.caller)?;
    let deletion = |kind| Draft { author: author.clone(), room: room.clone(), kind };
    let outcome = match app.hub.publish(deletion(DraftKind::DeleteOwn { target })).await {
        // A program that writes for an admin is none.
        Err(LogError::Refused(_)) if !call.caller.has_token() => {
            let outcome = app.hub.publish(deletion(DraftKind::Delete { target })).await?;
            if matches!(outcome, Outcome::Appended(_)) {
                let change = AccessChange::MessageDeleted { room: room.clone(), seq: target, reason };
                app.hub.publish(Draft::access(author.clone(), change)).await?;
            }
            outcome
        }
        outcome => outcome?,
    };
    Ok(Reply::outcome(200, &outcome))
}
