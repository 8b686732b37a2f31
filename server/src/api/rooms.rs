//! `GET /api/v1/rooms` and `PUT /api/v1/rooms/{room}`: lists rooms, and creates or changes one.

use holdline_shared::{Entry, PolicyChange, ProblemCode, RoomList, RoomName, Topic, Visibility};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::caller::Caller;
use super::description::Description;
use super::error::ApiError;
use super::policy_body::PolicyBody;
use super::reply::Reply;
use crate::access::{Denied, Verb, visibility_of_name};
use crate::log::{Draft, DraftKind};

/// The body before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct RoomBody {
    /// The topic; absent or `null` keeps the present one.
    #[schema(value_type = Option<Topic>)]
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    policy: Option<PolicyBody>,
}

pub(crate) const LIST: Description = Description::new("The rooms, the most recently active first")
    .for_readers()
    .answers::<RoomList>(200)
    .problems(&[ProblemCode::RateLimited]);

/// Lists the most recently active rooms, with the rules of each and the caller's part in it.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    app.limits.read(&call.caller)?;
    let mut list = app.hub.rooms(&call.caller.scope(&app)?);
    let (access, person) = (app.access.snapshot(), call.caller.session());
    for room in &mut list.rooms {
        room.standing = access.standing(person.map(|person| &person.id), &room.name);
    }
    Ok(Reply::json(200, &list)?)
}

pub(crate) const PUT: Description =
    Description::new("Creates a room (201), or changes its topic or its rules (200); 204 if nothing changed")
        .for_people()
        .takes::<RoomBody>()
        .answers::<Entry>(201)
        .answers::<Entry>(200)
        .answers_empty(204)
        .problems(&[
            ProblemCode::InvalidTopic,
            ProblemCode::TooMany,
            ProblemCode::NameTaken,
            ProblemCode::RateLimited,
        ]);

/// Creates a public room, or changes the topic or the rules of one.
pub(crate) async fn put(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let room = call.room()?;
    call.caller.require(Verb::Write, Some(&room))?;
    call.expect_no_query()?;
    let body: RoomBody = call.read_json().await?;
    // A program that may write does not thereby rule the room.
    let author = match body.policy {
        Some(_) => call.caller.require_session()?.clone(),
        None => call.caller.require(Verb::Write, Some(&room))?.clone(),
    };
    let topic = body.topic.as_deref().map(Topic::parse).transpose()?;
    let policy = body.policy.map(PolicyBody::read).transpose()?;
    if !app.hub.has_room(&room) {
        check_new_name(&room, policy.as_ref())?;
    }
    count(&app, &call.caller, &room)?;
    let location = address_of(&room);
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Room { topic, policy } }).await?;
    Ok(Reply::outcome(200, &outcome).at(|| location))
}

/// The address of a room, relative to that of the rooms.
pub(super) fn address_of(room: &RoomName) -> String {
    utf8_percent_encode(room.as_str(), NON_ALPHANUMERIC).to_string()
}

/// Refuses a new room whose existence its name alone would give away.
fn check_new_name(room: &RoomName, policy: Option<&PolicyChange>) -> Result<(), ApiError> {
    if visibility_of_name(room).is_some() {
        return Err(Denied::RoomNameTaken.into());
    }
    if policy.is_some_and(|policy| policy.visibility == Some(Visibility::Private)) {
        let detail = "there is no room of this name to make private; POST /api/v1/rooms makes a private one, under a \
                      name that nobody guesses";
        return Err(ApiError::new(ProblemCode::InvalidBody, detail));
    }
    Ok(())
}

/// Counts a message or a change in a room, and the room too if the caller knows of none: one that is hidden from them counts
/// like one that does not exist.
pub(super) fn count(app: &App, caller: &Caller, room: &RoomName) -> Result<(), ApiError> {
    app.limits.publish(caller)?;
    let person = caller.limited_person().map(|person| &person.id);
    let is_known = app.hub.has_room(room) && (caller.is_owner() || app.access.load().may_read(person, room));
    if is_known { Ok(()) } else { app.limits.make_room(caller) }
}
