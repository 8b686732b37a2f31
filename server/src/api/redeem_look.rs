//! `POST /api/v1/redeem/look`: what a code gives, before it is used. Uses nothing up.

use holdline_shared::{LinkGives, LinkPreview, ProblemCode, RoomName};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::door::server_name;
use super::error::ApiError;
use super::reply::Reply;
use crate::access::{Access, Denied, Invite, InviteGives, SecretHash};
use crate::log::wall_clock;

#[derive(Deserialize, ToSchema)]
struct LookBody {
    code: String,
}

pub(crate) const LOOK: Description =
    Description::new("What the code of an invite or of a link to another device gives, without using it")
        .for_strangers()
        .takes::<LookBody>()
        .answers::<LinkPreview>(200)
        .problems(&[ProblemCode::WrongSecret, ProblemCode::RateLimited]);

/// Tells what the code gives. Used, expired, revoked and unknown codes have the same answer, and count as wrong secrets.
pub(crate) async fn look(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let body: LookBody = call.read_json().await?;
    call.caller.check_ban()?;
    let attempt = app.limits.failed_secrets.attempt(call.caller.guesser())?;
    let access = app.access.snapshot();
    let found = access.usable_invite(&SecretHash::of(&body.code), wall_clock()).ok_or(Denied::WrongSecret)?;
    attempt.succeeded();
    let Invite { gives, room, expires, .. } = &found.invite;
    let gives = match gives {
        InviteGives::Guest => LinkGives::Guest,
        InviteGives::Member => LinkGives::Member,
        InviteGives::Admin => LinkGives::Admin,
        InviteGives::Device(_) => LinkGives::Device,
    };
    let room = room.as_ref().map(|room| shown_name(&access, room));
    let (server, expires) = (server_name(&access), *expires);
    Ok(Reply::json(200, &LinkPreview { gives, room, server, expires })?)
}

fn shown_name(access: &Access, room: &RoomName) -> String {
    let title = access.room(room).map(|room| room.policy.title.as_str());
    title.filter(|title| !title.is_empty()).unwrap_or(room.as_str()).to_owned()
}
