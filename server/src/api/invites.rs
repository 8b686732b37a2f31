//! `/api/v1/invites`: links that let somebody in, made by admins of the server or of the room that the link leads to. Who sees
//! and makes which, and what they are worth, `access` decides.

use std::time::Duration;

use bytes::Bytes;
use holdline_shared::{InviteList, InviteRole, InviteSummary, NewCode, Person, ProblemCode, RoomName, Topic};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{AccessChange, Invite, InviteGives, InviteState, Secret, Verb, make_id};
use crate::log::{Draft, wall_clock};

/// The most uses of an invite.
const USES: u32 = 10_000;
/// The longest time for which an invite may be valid, and the usual one.
const DAYS: (u32, u32) = (365, 7);
/// The time for which a link to another device is valid.
const DEVICE_LINK: Duration = Duration::from_secs(15 * 60);

/// The body before its room is validated.
#[derive(Deserialize, ToSchema)]
struct InviteBody {
    /// The number of times that the invite may be used, from 1 to 10,000; once unless given.
    #[schema(minimum = 1, maximum = 10_000)]
    #[serde(default)]
    uses: Option<u32>,
    /// The days for which it is valid, from 1 to 365; 7 unless given.
    #[schema(minimum = 1, maximum = 365)]
    #[serde(default)]
    days: Option<u32>,
    #[serde(default)]
    role: Option<InviteRole>,
    /// The room that it leads to.
    #[schema(value_type = Option<RoomName>)]
    #[serde(default)]
    room: Option<String>,
    /// Its purpose, for the list.
    #[schema(value_type = Option<Topic>)]
    #[serde(default)]
    note: Option<String>,
}

pub(crate) const LIST: Description = Description::new(
    "The caller's invites, those of their rooms, and for admins of the server those of no room",
)
.for_people()
.answers::<InviteList>(200);

pub(crate) const MAKE: Description = Description::new("Makes an invite, and shows its code this once")
    .for_people()
    .takes::<InviteBody>()
    .answers::<NewCode>(201)
    .problems(&[
        ProblemCode::InvalidRoom,
        ProblemCode::InvalidTopic,
        ProblemCode::UnknownRoom,
        ProblemCode::TooMany,
        ProblemCode::RateLimited,
    ]);

pub(crate) const REVOKE: Description = Description::new("Revokes an invite")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownItem, ProblemCode::RateLimited]);

pub(crate) const MAKE_DEVICE_LINK: Description =
    Description::new("Makes a link that signs the caller in on another device")
        .for_people()
        .answers::<NewCode>(201)
        .problems(&[ProblemCode::TooMany, ProblemCode::RateLimited]);

/// `GET`: lists the invites that the caller may revoke.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (person, access) = (call.caller.require_session()?, app.access.snapshot());
    let (seen, now) =
        (access.invites().filter(|state| access.may_see_invite(&person.id, state)), wall_clock());
    let mut invites: Vec<InviteSummary> = seen.filter_map(summary).collect();
    let is_over = |invite: &InviteSummary| invite.used >= invite.uses || now >= invite.expires;
    invites.sort_by_key(|invite| (is_over(invite), invite.expires));
    Ok(Reply::json(200, &InviteList { invites })?)
}

/// `POST`: makes one, and shows its code this once.
pub(crate) async fn make(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let body: InviteBody = call.read_json().await?;
    let room = body.room.as_deref().map(RoomName::parse).transpose()?;
    let role = body.role.unwrap_or_default();
    let author = match role {
        // Whoever has a program's token must not become more than the program.
        InviteRole::Admin => call.caller.require_session()?,
        _ => call.caller.require(Verb::Invite, room.as_ref())?,
    };
    let author = author.clone();
    let gives = match role {
        InviteRole::Guest => InviteGives::Guest,
        InviteRole::Member => InviteGives::Member,
        InviteRole::Admin => InviteGives::Admin,
    };
    let uses = within("uses", body.uses.unwrap_or(1), USES)?;
    let days = within("days", body.days.unwrap_or(DAYS.1), DAYS.0)?;
    let note = body.note.as_deref().map(Topic::parse).transpose()?.unwrap_or_default();
    let time = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    let code = Secret::make();
    let (id, expires) = (make_id(), wall_clock().plus(time));
    let invite = Invite { id, code: code.hash(), gives, uses, expires, room, note };
    append(&app, author, invite, &code).await
}

/// `DELETE …/{id}`: revokes one.
pub(crate) async fn revoke(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let change = AccessChange::InviteRevoked { id: call.id().to_owned() };
    app.hub.publish(Draft::access(author, change)).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}

/// `POST /api/v1/me/device-link`: makes a link that signs the caller in on another device.
pub(crate) async fn make_device_link(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let (code, gives) = (Secret::make(), InviteGives::Device(author.id.clone()));
    let (id, expires, note) = (make_id(), wall_clock().plus(DEVICE_LINK), Topic::default());
    let invite = Invite { id, code: code.hash(), gives, uses: 1, expires, room: None, note };
    append(&app, author, invite, &code).await
}

async fn append(app: &App, author: Person, invite: Invite, code: &Secret) -> Result<Reply, ApiError> {
    let shown = NewCode { id: invite.id.clone(), code: code.reveal().to_owned(), expires: invite.expires };
    app.hub.publish(Draft::access(author, AccessChange::InviteMade { invite })).await?;
    Ok(Reply::json(201, &shown)?)
}

/// An invite as lists show it; links to other devices are in none.
fn summary(state: &InviteState) -> Option<InviteSummary> {
    let Invite { id, gives, uses, expires, room, note, .. } = state.invite.clone();
    let role = match gives {
        InviteGives::Guest => InviteRole::Guest,
        InviteGives::Member => InviteRole::Member,
        InviteGives::Admin => InviteRole::Admin,
        InviteGives::Device(_) => return None,
    };
    Some(InviteSummary { id, role, uses, used: state.used, expires, room, note, by: state.by.id.clone() })
}

fn within(name: &str, value: u32, most: u32) -> Result<u32, ApiError> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    let detail = format!("{name} is a number from 1 to {most}, not {value}");
    Err(ApiError::new(ProblemCode::InvalidBody, detail))
}
