//! `GET /api/v1/rooms/{room}/messages/{seq}`: one message in its present state.

use holdline_shared::{Message, ProblemCode, Seq};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;

pub(crate) const MESSAGE: Description = Description::new("A message in its present state")
    .for_readers()
    .answers::<Message>(200)
    .problems(&[ProblemCode::RateLimited]);

/// Answers with the message.
pub(crate) async fn message(app: App, call: Call) -> Result<Reply, ApiError> {
    let (room, seq) = call.message()?;
    call.expect_no_query()?;
    app.limits.read_history(&call.caller)?;
    let reader = call.caller.session().map(|person| person.id.clone());
    // A page of one message, read backwards from the next position, is the message if it exists.
    let next = Seq(seq.0.saturating_add(1));
    let Ok(history) = app.hub.history(&call.caller.scope(&app)?, &room, Some(next), 1, reader).await? else {
        return Err(ApiError::unknown_room(&room));
    };
    let message = history.messages.last().filter(|message| message.seq == seq).ok_or_else(|| {
        let detail = format!("there is no message {} in this room; it may have been let go", seq.0);
        ApiError::new(ProblemCode::UnknownMessage, detail)
    })?;
    Ok(Reply::json(200, message)?)
}
