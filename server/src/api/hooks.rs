//! `/api/v1/rooms/{room}/hooks`: the webhooks of a room, for its admins. The key of a webhook is shown once, to whoever made it.

use bytes::Bytes;
use holdline_shared::{Nickname, Person, PersonId, ProblemCode, RoomName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::hook_target::hook_target;
use super::reply::Reply;
use crate::access::{Access, AccessChange, Denied, Hook, HookState, HookWay, Secret};
use crate::hooks::signature::SigningKey;
use crate::log::{Draft, wall_clock};
use crate::random;

/// The direction of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// Programs post messages into the room.
    Incoming,
    /// The room's messages are posted to a program.
    Outgoing,
}

/// The body before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct HookBody {
    way: Way,
    /// The name under which an incoming webhook posts, and the name of an outgoing one in lists.
    #[schema(value_type = Nickname)]
    name: String,
    /// The address to which an outgoing webhook posts.
    url: Option<String>,
}

/// A webhook as the list shows it.
#[derive(Serialize, ToSchema)]
struct HookSummary<'a> {
    id: &'a PersonId,
    room: &'a RoomName,
    way: Way,
    name: &'a Nickname,
    /// The address to which an outgoing webhook posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    made_by: &'a Person,
    at: Timestamp,
    /// Whether it does not work, because whoever made it may not have it any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stopped: bool,
}

/// The answer of `GET`.
#[derive(Serialize, ToSchema)]
struct Hooks<'a> {
    hooks: Vec<HookSummary<'a>>,
}

/// The answer of `POST`.
#[derive(Serialize, ToSchema)]
struct NewHook {
    id: PersonId,
    room: RoomName,
    way: Way,
    name: Nickname,
    /// The secret part of an incoming webhook's address, or the key that signs what an outgoing one posts.
    key: String,
    /// The address to which programs post, as a path of this server, or the address to which an outgoing webhook posts.
    url: String,
}

pub(crate) const LIST: Description =
    Description::new("The webhooks of a room, for its admins").for_people().answers::<Hooks<'static>>(200);

pub(crate) const MAKE: Description =
    Description::new("Makes a webhook of a room, for its admins; shows its key this once")
        .for_people()
        .takes::<HookBody>()
        .answers::<NewHook>(201)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::NameTaken,
            ProblemCode::TooMany,
            ProblemCode::RateLimited,
        ]);

pub(crate) const REMOVE: Description = Description::new("Removes a webhook, for the admins of its room")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownItem, ProblemCode::RateLimited]);

/// `GET`: lists them.
pub(crate) async fn list(app: App, call: Call) -> Result<Reply, ApiError> {
    let person = call.caller.require_session()?;
    let room = call.room()?;
    call.expect_no_query()?;
    if !call.caller.scope(&app)?.allows(&room) || !app.hub.has_room(&room) {
        return Err(ApiError::unknown_room(&room));
    }
    let (access, now) = (app.access.snapshot(), wall_clock());
    if !access.is_room_admin(&person.id, &room) {
        return Err(Denied::RoomAdminsOnly.into());
    }
    let here = access.hooks().filter(|state| state.hook.room == room);
    let hooks = here.map(|state| summary(&access, state, now)).collect();
    Ok(Reply::json(200, &Hooks { hooks })?)
}

fn summary<'a>(access: &'a Access, state: &'a HookState, now: Timestamp) -> HookSummary<'a> {
    let Hook { person, room, way } = &state.hook;
    let (way, url) = match way {
        HookWay::Incoming { .. } => (Way::Incoming, None),
        HookWay::Outgoing { url } => (Way::Outgoing, Some(url.as_str())),
    };
    let made_by = access.account(&state.by.id).map_or(&state.by, |account| &account.person);
    let stopped = !access.is_working(state, now);
    HookSummary { id: &person.id, room, way, name: &person.name, url, made_by, at: state.made, stopped }
}

/// `POST`: makes one.
pub(crate) async fn make(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let room = call.room()?;
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    let HookBody { way, name, url } = call.read_json().await?;
    let id = PersonId::from_random(random::bytes());
    let person = Person { id: id.clone(), name: Nickname::parse(&name)? };
    let (key, url, kept) = match (way, url) {
        (Way::Incoming, None) => {
            let key = format!("{id}.{}", Secret::make().reveal());
            let kept = HookWay::Incoming { key: Secret::presented(&key).hash() };
            (key.clone(), format!("/hooks/{key}"), kept)
        }
        (Way::Outgoing, Some(url)) => {
            let url = hook_target(&app, &url)?;
            let secret = app.access.load().secret_versions().present().key(&app.hub.log().secret());
            let key = SigningKey::derive(&secret, id.as_str());
            (key.as_str().to_owned(), url.clone(), HookWay::Outgoing { url })
        }
        (Way::Incoming, Some(_)) => {
            return Err(invalid("an incoming webhook gets its address from the server; leave url out"));
        }
        (Way::Outgoing, None) => return Err(invalid("say with url where an outgoing webhook posts to")),
    };
    let new = NewHook { id, room: room.clone(), way, name: person.name.clone(), key, url };
    let hook = Hook { person, room, way: kept };
    app.hub.publish(Draft::access(author, AccessChange::HookMade { hook })).await?;
    Ok(Reply::json(201, &new)?)
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidBody, detail)
}

/// `DELETE …/{id}`: removes one.
pub(crate) async fn remove(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let (room, id) = call.hook()?;
    call.expect_no_query()?;
    app.limits.publish(&call.caller)?;
    app.hub.publish(Draft::access(author, AccessChange::HookRemoved { id, room })).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
