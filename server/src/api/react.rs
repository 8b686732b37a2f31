//! `/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}`: adds a reaction to a message, or removes it.

use holdline_shared::{Entry, ProblemCode};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

pub(crate) const REACT: Description = Description::new("Adds a reaction; 204 if it was there")
    .for_people()
    .answers::<Entry>(200)
    .answers_empty(204)
    .problems(&[
        ProblemCode::MessageDeleted,
        ProblemCode::TooMany,
        ProblemCode::NameTaken,
        ProblemCode::RateLimited,
    ]);

pub(crate) const UNREACT: Description = Description::new("Removes a reaction; 204 if there was none")
    .for_people()
    .answers::<Entry>(200)
    .answers_empty(204)
    .problems(&[ProblemCode::MessageDeleted, ProblemCode::NameTaken, ProblemCode::RateLimited]);

/// `PUT`: adds the caller's reaction.
pub(crate) async fn react(app: App, call: Call) -> Result<Reply, ApiError> {
    append(app, call, true).await
}

/// `DELETE`: removes the caller's reaction.
pub(crate) async fn unreact(app: App, call: Call) -> Result<Reply, ApiError> {
    append(app, call, false).await
}

async fn append(app: App, call: Call, on: bool) -> Result<Reply, ApiError> {
    let (room, target, emoji) = call.reaction()?;
    let author = call.caller.require(Verb::React, Some(&room))?.clone();
    call.expect_no_query()?;
    app.limits.react(&call.caller)?;
    let kind = DraftKind::Reaction { target, emoji, on };
    Ok(Reply::outcome(200, &app.hub.publish(Draft { author, room, kind }).await?))
}
