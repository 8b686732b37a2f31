//! `POST /api/v1/rooms/{room}/messages`: publishes a message.

use holdline_shared::{MessageText, PublishKey, Seq};
use serde::Deserialize;

use super::app::App;
use super::call::Call;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind, Outcome};

/// The body before its fields are validated, so that each field has its own problem.
#[derive(Deserialize)]
struct PublishBody {
    key: String,
    text: String,
    #[serde(default)]
    reply_to: Option<Seq>,
}

/// Appends a message; answers once it is durable.
pub(crate) async fn publish(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let room = call.room()?;
    let author = call.caller.require(Verb::Write, Some(&room))?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let body: PublishBody = call.read_json().await?;
    drop(call);
    let kind = DraftKind::Message {
        key: body.key.parse::<PublishKey>()?,
        text: MessageText::parse(&body.text)?,
        reply_to: body.reply_to,
        makes_room: false,
    };
    let outcome = app.hub.publish(Draft { author, room, kind }).await?;
    let reply = Reply::outcome(201, &outcome);
    Ok(if let Outcome::Appended(entry) = &outcome {
        reply.at(|| format!("messages/{}", entry.seq.0))
    } else {
        reply
    })
}
