//! `POST /hooks/{key}`: a program posts a message into the room of a webhook. The key is all that it needs.

use holdline_shared::{Nickname, Person, ProblemCode, PublishKey};

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{Access, Hook};
use crate::hooks::incoming::{IncomingMessage, InvalidPayload, PAYLOAD_BYTES, PayloadForm, SlackPayload};
use crate::hooks::signature::SIGNATURE_HEADER;
use crate::log::{Draft, DraftKind, wall_clock};
use crate::random;

/// The media type of Slack's answer.
const TEXT: &str = "text/plain;charset=utf-8";

pub(crate) const POST: Description =
    Description::new("Posts a message into the room of a webhook, from a payload in Slack's format")
        .for_strangers()
        .takes::<SlackPayload>()
        .or_takes::<PayloadForm>("application/x-www-form-urlencoded")
        .answers_as(200, TEXT)
        .problems(&[
            ProblemCode::UnknownItem,
            ProblemCode::InvalidText,
            ProblemCode::NameTaken,
            ProblemCode::NotAllowed,
            ProblemCode::RateLimited,
        ]);

/// Posts a message in the name of the webhook.
pub(crate) async fn post(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    call.caller.check_ban()?;
    let access = app.access.snapshot();
    let Some(hook) = access.incoming_hook(call.id(), wall_clock()) else {
        // A right key is never refused for wrong ones: many programs of one provider come from one address.
        drop(app.limits.failed_secrets.attempt(call.caller.guesser())?);
        return Err(unknown_key());
    };
    app.limits.publish_by(&hook.person)?;
    if call.header(SIGNATURE_HEADER).is_some() {
        let detail = "this was sent by an outgoing webhook; an incoming one does not take it, so that no message goes round in circles";
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    let body = call.read_body().await?;
    if body.len() > PAYLOAD_BYTES {
        let detail = format!("a webhook's payload has at most {PAYLOAD_BYTES} bytes");
        return Err(ApiError::new(ProblemCode::BodyTooLarge, detail));
    }
    let message = IncomingMessage::parse(&body, |name| may_wear(&access, hook, name))?;
    let author = Person { id: hook.person.id.clone(), name: shown_name(&access, hook, message.shown_name) };
    let key = PublishKey::from_random(random::bytes());
    let kind = DraftKind::Message { key, text: message.text, reply_to: None, makes_room: false };
    let published = app.hub.publish(Draft { author, room: hook.room.clone(), kind }).await;
    published.map_err(|error| {
        let is_gone = app.access.load().incoming_hook(call.id(), wall_clock()).is_none();
        if is_gone { unknown_key() } else { error.into() }
    })?;
    Ok(Reply::new(200, Some(TEXT), "ok"))
}

/// Whether the webhook may speak under a name: not if that is, or looks like, a member's.
fn may_wear(access: &Access, hook: &Hook, name: &Nickname) -> bool {
    !access.is_name_taken(name.as_str(), &hook.person.id)
}

/// The name that the message asks for, or else the webhook's own, or else, if a member has taken that meanwhile, its id.
fn shown_name(access: &Access, hook: &Hook, asked: Option<Nickname>) -> Nickname {
    let own = || Some(hook.person.name.clone()).filter(|name| may_wear(access, hook, name));
    asked.or_else(own).unwrap_or_else(|| Nickname::from(&hook.person.id))
}

/// The answer to a key that was never made, was removed, or is of a webhook that has stopped working.
fn unknown_key() -> ApiError {
    let detail =
        "there is no webhook of this address; it was removed, or whoever made it may not have it any more";
    ApiError::new(ProblemCode::UnknownItem, detail)
}

impl From<InvalidPayload> for ApiError {
    fn from(error: InvalidPayload) -> Self {
        let code = match &error {
            InvalidPayload::Text(_) => ProblemCode::InvalidText,
            InvalidPayload::Json(json) if !json.is_data() => ProblemCode::InvalidJson,
            InvalidPayload::Json(_) | InvalidPayload::NoPayload => ProblemCode::InvalidBody,
        };
        Self::new(code, error.to_string())
    }
}
