//! `DELETE /api/v1/rooms/{room}/messages/{seq}`: deletes a message.

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind};

/// Appends a deletion.
pub(crate) async fn delete(app: App, call: Call) -> Result<Reply, ApiError> {
    let (room, target) = call.message()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    Ok(Reply::outcome(
        200,
        &app.hub.publish(Draft { author, room, kind: DraftKind::Delete { target } }).await?,
    ))
}
