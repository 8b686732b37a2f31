//! `POST /api/v1/rooms/{room}/messages`: publishes a message.

use holdline_shared::{Entry, MessageText, ProblemCode, PublishKey, Seq};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::Verb;
use crate::log::{Draft, DraftKind, Outcome};

/// The body before its fields are validated, so that each field has its own problem.
#[derive(Deserialize, ToSchema)]
struct PublishBody {
    /// A UUID that the client makes for this message; a repeat with the same key publishes nothing.
    #[schema(value_type = PublishKey)]
    key: String,
    #[schema(value_type = MessageText)]
    text: String,
    /// The message that this one answers.
    #[serde(default)]
    reply_to: Option<Seq>,
}

pub(crate) const PUBLISH: Description =
    Description::new("Publishes a message; 200 if its key was used before")
        .for_people()
        .takes::<PublishBody>()
        .answers::<Entry>(201)
        .answers::<Entry>(200)
        .problems(&[
            ProblemCode::InvalidKey,
            ProblemCode::InvalidText,
            ProblemCode::UnknownMessage,
            ProblemCode::NameTaken,
            ProblemCode::RateLimited,
        ]);

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
