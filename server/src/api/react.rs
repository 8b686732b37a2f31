//! `/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}`: adds a reaction to a message, or removes it.

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

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
