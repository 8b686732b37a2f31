//! `/api/v1/door`: how strangers come in. The only thing that a stranger can ask at every door.

use bytes::Bytes;
use holdline_shared::{Door, DoorStatus, ProblemCode, RoomName};
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::Description;
use super::error::ApiError;
use super::reply::Reply;
use super::slow_hashes::Passphrase;
use super::{profile, proxy_login};
use crate::access::{Access, AccessChange, Denied};
use crate::log::Draft;

/// The name of a server whose lobby has no title.
const NAME: &str = "Holdline";

#[derive(Deserialize, ToSchema)]
struct DoorBody {
    door: Door,
    /// The new password of the door `password`; absent or `null` keeps the last one.
    #[serde(default)]
    password: Option<Passphrase>,
}

pub(crate) const SHOW: Description =
    Description::new("How strangers come in, and the caller's person if they are in")
        .answers::<DoorStatus>(200);

pub(crate) const PUT: Description = Description::new("Changes how strangers come in; for admins")
    .for_people()
    .takes::<DoorBody>()
    .answers_empty(204);

/// `GET`: shows the door, and the caller's person if they are in.
pub(crate) async fn show(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let access = app.access.snapshot();
    let person = call.caller.session().filter(|person| !proxy_login::names_another(&app, &call, &person.id));
    let person = person.map(|person| profile::of_caller(&access, person));
    let server = server_name(&access);
    let address = app.config.address.clone().filter(|_| call.caller.is_owner());
    Ok(Reply::json(200, &DoorStatus { door: access.door().door(), person, server, address })?)
}

/// The name of the server: the title of its lobby.
pub(super) fn server_name(access: &Access) -> String {
    let title = access.room(&RoomName::lobby()).map(|room| room.policy.title.as_str());
    title.filter(|title| !title.is_empty()).unwrap_or(NAME).to_owned()
}

/// `PUT`: changes the door. Guests who came in before stay at an open door alone.
pub(crate) async fn put(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    let DoorBody { door, password } = call.read_json().await?;
    if !app.access.load().is_admin(&author.id) {
        return Err(Denied::AdminsOnly.into());
    }
    if door == Door::Proxy && app.config.proxy_login.is_none() {
        let detail =
            "no proxy is configured that could name people; start the server with --proxy-user-header first";
        return Err(ApiError::new(ProblemCode::NotAllowed, detail));
    }
    if door != Door::Password && password.is_some() {
        return Err(ApiError::new(
            ProblemCode::InvalidBody,
            "a password belongs to the door \"password\" alone",
        ));
    }
    let password = match password {
        Some(password) => Some(app.hashes.hash(password).await?),
        None => None,
    };
    app.hub.publish(Draft::access(author, AccessChange::Door { door, password })).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
