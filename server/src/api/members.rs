//! `/api/v1/rooms/{room}/members`: who is a member of a room, and changes of that.

use holdline_shared::{Entry, MemberChange, Nickname, Person, ProblemCode, Role, RoomName, Timestamp, Topic};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::named_person::named_person;
use super::reply::Reply;
use crate::access::{Access, Denied};
use crate::log::{Draft, DraftKind, wall_clock};

/// A line of the list.
#[derive(Serialize, ToSchema)]
struct Membership {
    person: Person,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<Timestamp>,
}

/// The answer of `GET`.
#[derive(Serialize, ToSchema)]
struct Members {
    members: Vec<Membership>,
}

/// The body of `PUT` before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct MemberBody {
    role: Option<Role>,
    /// The time until which the person may not write; `null` ends it, absent keeps it.
    #[schema(value_type = Option<Timestamp>)]
    #[serde(default)]
    muted_until: Silence,
    /// The reason, which the room reads.
    #[schema(value_type = Option<Topic>)]
    reason: Option<String>,
    /// The name of a guest, whom the server may not know.
    #[schema(value_type = Option<Nickname>)]
    name: Option<String>,
}

/// The change of the time until which the person may not write.
#[derive(Default)]
enum Silence {
    /// The field is absent.
    #[default]
    Stays,
    /// The field is null.
    Ends,
    Until(Timestamp),
}

impl<'de> Deserialize<'de> for Silence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Ends, Self::Until))
    }
}

pub(crate) const LIST: Description =
    Description::new("The members; for the room's admins also those who may not write")
        .for_readers()
        .answers::<Members>(200)
        .problems(&[ProblemCode::RateLimited]);

pub(crate) const PUT: Description =
    Description::new("Adds somebody, changes their role, or keeps them from writing for a time")
        .for_people()
        .takes::<MemberBody>()
        .answers::<Entry>(200)
        .answers_empty(204)
        .problems(&[
            ProblemCode::InvalidNickname,
            ProblemCode::InvalidTopic,
            ProblemCode::UnknownPerson,
            ProblemCode::NameTaken,
            ProblemCode::RateLimited,
        ]);

pub(crate) const DELETE: Description = Description::new("Removes somebody, or leaves")
    .for_people()
    .query(&[
        Parameter::optional::<Timestamp>("until", "The time before which no link lets the person back"),
        Parameter::optional::<Topic>("reason", "The reason, which the room reads"),
    ])
    .answers::<Entry>(200)
    .answers_empty(204)
    .problems(&[ProblemCode::InvalidTopic, ProblemCode::UnknownPerson, ProblemCode::RateLimited]);

/// Lists the members; the room's admins also see who is no member and may not write.
pub(crate) async fn members(app: App, call: Call) -> Result<Reply, ApiError> {
    let room = call.room()?;
    call.expect_no_query()?;
    app.limits.read(&call.caller)?;
    if !call.caller.scope(&app)?.allows(&room) || !app.hub.has_room(&room) {
        return Err(ApiError::unknown_room(&room));
    }
    let access = app.access.snapshot();
    let is_admin = call.caller.session().is_some_and(|person| access.is_room_admin(&person.id, &room));
    let found = access.room(&room).into_iter().flat_map(|room| room.members.values());
    let now = wall_clock();
    let members = found.filter_map(|member| {
        let muted_until = member.muted_until.filter(|until| now < *until);
        let is_listed = member.role > Role::None || (is_admin && muted_until.is_some());
        let person = || access.account(&member.person.id).map_or(&member.person, |account| &account.person);
        is_listed.then(|| Membership { person: person().clone(), role: member.role, muted_until })
    });
    Ok(Reply::json(200, &Members { members: members.collect() })?)
}

/// `PUT`: adds somebody, changes their role, or keeps them from writing for a time. Whatever is absent stays.
pub(crate) async fn put_member(app: App, mut call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let (room, id) = call.member()?;
    app.limits.publish(&call.caller)?;
    call.expect_no_query()?;
    let body: MemberBody = call.read_json().await?;
    let reason = body.reason.as_deref().map(Topic::parse).transpose()?;
    let access = app.access.snapshot();
    expect_room(&app, &access, &author, &room)?;
    let now = access.room(&room).and_then(|room| room.members.get(&id));
    let role = now.map_or(Role::None, |member| member.role);
    // A body that is not about silence adds the person.
    let (role, muted_until) = match body.muted_until {
        Silence::Stays => (role.max(Role::Member), now.and_then(|member| member.muted_until)),
        Silence::Ends => (role, None),
        Silence::Until(time) => (role, Some(time)),
    };
    // Without a part in the room this would count as leaving it.
    let silence = now.and_then(|member| member.muted_until).filter(|until| wall_clock() < *until);
    if id == author.id && muted_until < silence {
        return Err(Denied::OwnSilence.into());
    }
    let person = named_person(&access, id, Some(&room), body.name.as_deref())?;
    let change = MemberChange { person, role: body.role.unwrap_or(role), until: None, muted_until, reason };
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Member(change) }).await?;
    Ok(Reply::outcome(200, &outcome))
}

/// Refuses a room that is not there for the author: what they may not know must not show in the answer.
fn expect_room(app: &App, access: &Access, author: &Person, room: &RoomName) -> Result<(), ApiError> {
    let may_know = access.is_room_admin(&author.id, room) || access.may_read(Some(&author.id), room);
    if may_know && app.hub.has_room(room) { Ok(()) } else { Err(Denied::UnknownRoom.into()) }
}

/// `DELETE`: removes somebody, or leaves; with `until`, they may not come back by a link before.
pub(crate) async fn delete_member(app: App, call: Call) -> Result<Reply, ApiError> {
    let author = call.caller.require_session()?.clone();
    let (room, id) = call.member()?;
    app.limits.publish(&call.caller)?;
    let [until, reason] = call.parameters(["until", "reason"])?;
    let until = until.map(|until| until.parse().map(Timestamp));
    let until =
        until.transpose().map_err(|_| ApiError::parameter("until is a time in milliseconds since 1970"))?;
    let reason = reason.as_deref().map(Topic::parse).transpose()?;
    let access = app.access.snapshot();
    expect_room(&app, &access, &author, &room)?;
    // A silence outlasts the removal.
    let now = access.room(&room).and_then(|room| room.members.get(&id));
    let muted_until = now.and_then(|member| member.muted_until);
    let person = named_person(&access, id, Some(&room), None)?;
    let change = MemberChange { person, role: Role::None, until, muted_until, reason };
    let outcome = app.hub.publish(Draft { author, room, kind: DraftKind::Member(change) }).await?;
    Ok(Reply::outcome(200, &outcome))
}
