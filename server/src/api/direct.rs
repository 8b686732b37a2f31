//! `POST /api/v1/direct`: opens the room of a few people.

use holdline_shared::{MemberChange, PersonId, PolicyChange, ProblemCode, Role, RoomName, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::{Call, parse_person};
use super::description::Description;
use super::error::ApiError;
use super::make_room::make_name;
use super::named_person::named_person;
use super::reply::Reply;
use super::rooms::{DIRECT, address_of};
use crate::access::{Access, AccessChange, DIRECT_PEOPLE, Denied};
use crate::log::{Draft, DraftKind};

#[derive(Deserialize, ToSchema)]
struct DirectBody {
    /// The ids of the others.
    #[schema(value_type = Vec<PersonId>, min_items = 1)]
    people: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct Opened {
    room: RoomName,
}

pub(crate) const DIRECT_ROOM: Description =
    Description::new("The room of exactly these people and the caller; 201 if it was made")
        .for_people()
        .takes::<DirectBody>()
        .answers::<Opened>(201)
        .answers::<Opened>(200)
        .problems(&[
            ProblemCode::UnknownPerson,
            ProblemCode::NameTaken,
            ProblemCode::TooMany,
            ProblemCode::RateLimited,
        ]);

/// Answers with the room of exactly these people and the caller, which is made if there is none.
pub(crate) async fn direct(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    call.expect_no_query()?;
    let body: DirectBody = call.read_json().await?;
    let mut others = body.people.iter().map(|id| parse_person(id)).collect::<Result<Vec<_>, _>>()?;
    others.retain(|id| *id != author.id);
    others.sort();
    others.dedup();
    if others.is_empty() || others.len() >= DIRECT_PEOPLE {
        return Err(Denied::TooManyPeople.into());
    }
    // Two requests for the same people find the same room.
    app.limits.publish(&call.caller)?;
    let _opening = app.opening_direct.lock().await;
    let access = app.access.snapshot();
    if let Some(room) = find(&access, &author.id, &others) {
        return Ok(Reply::json(200, &Opened { room: room.clone() })?);
    }
    let people = others.into_iter().map(|id| named_person(&access, id, None, None));
    let people = people.collect::<Result<Vec<_>, _>>()?;
    app.limits.make_room(&call.caller)?;
    let room = make_name(DIRECT);
    let policy = Some(PolicyChange::new(Visibility::Direct));
    let making = DraftKind::Room { topic: None, policy };
    app.hub.publish(Draft { author: author.clone(), room: room.clone(), kind: making }).await?;
    for person in people {
        let change =
            MemberChange { person, role: Role::Member, until: None, muted_until: None, reason: None };
        let kind = DraftKind::Member(change);
        if let Err(error) = app.hub.publish(Draft { author: author.clone(), room: room.clone(), kind }).await
        {
            // A room without one of the people is not what was asked for.
            let deleted = AccessChange::RoomDeleted { room, was_hidden: true };
            app.hub.publish(Draft::access(author, deleted)).await?;
            return Err(error.into());
        }
    }
    let location = format!("rooms/{}", address_of(&room));
    Ok(Reply::json(201, &Opened { room })?.at(|| location))
}

/// The direct room of exactly these people.
fn find<'a>(access: &'a Access, author: &PersonId, others: &[PersonId]) -> Option<&'a RoomName> {
    let found = access.rooms().find(|(_, room)| {
        room.policy.visibility == Visibility::Direct
            && room.member_count() == others.len() + 1
            && others.iter().chain([author]).all(|person| room.role(person) > Role::None)
    });
    found.map(|(name, _)| name)
}
