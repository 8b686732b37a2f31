//! `POST /api/v1/rooms`: makes a private room under a name that nobody guesses.

use holdline_shared::{Entry, PolicyChange, ProblemCode, RoomName, Topic, Visibility};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use super::rooms::address_of;
use crate::access::{PRIVATE, make_id};
use crate::log::{Draft, DraftKind};

/// The body before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct NewRoomBody {
    #[schema(value_type = Topic)]
    title: String,
    #[schema(value_type = Option<Topic>)]
    topic: Option<String>,
    /// `private`, if given.
    visibility: Option<Visibility>,
}

pub(crate) const MAKE_ROOM: Description =
    Description::new("Makes a private room under a name that nobody guesses; for members")
        .for_people()
        .takes::<NewRoomBody>()
        .answers::<Entry>(201)
        .problems(&[ProblemCode::InvalidTopic, ProblemCode::TooMany, ProblemCode::RateLimited]);

/// Makes the room; its maker is its admin.
pub(crate) async fn make_room(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    let body: NewRoomBody = call.read_json().await?;
    if body.visibility.is_some_and(|visibility| visibility != Visibility::Private) {
        let detail =
            "PUT /api/v1/rooms/{room} makes a public room; POST /api/v1/direct one for direct messages";
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    let topic = body.topic.as_deref().map(Topic::parse).transpose()?;
    let title = Some(Topic::parse(&body.title)?);
    app.limits.publish(&call.caller)?;
    app.limits.make_room(&call.caller)?;
    let room = make_name(PRIVATE);
    let location = format!("rooms/{}", address_of(&room));
    let policy = Some(PolicyChange { title, ..PolicyChange::new(Visibility::Private) });
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Room { topic, policy } }).await?;
    Ok(Reply::outcome(201, &outcome).at(|| location))
}

/// Makes up a room's name that begins with `start`.
pub(super) fn make_name(start: &str) -> RoomName {
    RoomName::received(format!("{start}{}{}", make_id(), make_id()))
}
