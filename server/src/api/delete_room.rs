//! `DELETE /api/v1/rooms/{room}?confirm={room}`: deletes a room with everything in it.

use bytes::Bytes;
use holdline_shared::{ProblemCode, RoomName};

use super::app::App;
use super::call::Call;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::reply::Reply;
use crate::access::AccessChange;
use crate::log::Draft;

pub(crate) const DELETE_ROOM: Description =
    Description::new("Deletes a room with everything in it; for its admins")
        .for_people()
        .query(&[Parameter::required::<RoomName>("confirm", "The room's name once more")])
        .answers_empty(204)
        .problems(&[ProblemCode::RateLimited]);

/// Deletes the room if the query names it once more.
pub(crate) async fn delete_room(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let room = call.room()?;
    app.limits.publish(&call.caller)?;
    let [confirmed] = call.parameters(["confirm"])?;
    if confirmed.and_then(|name| RoomName::parse(&name).ok()).as_ref() != Some(&room) {
        let detail =
            "this deletes the room with everything in it: confirm it with ?confirm= and the room's name";
        return Err(ApiError::parameter(detail));
    }
    app.hub.publish(Draft::access(author, AccessChange::RoomDeleted { room, was_hidden: false })).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}
