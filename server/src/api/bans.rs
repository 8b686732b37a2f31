//! `/api/v1/bans` and `/api/v1/people/{id}/ban`: people and addresses that are kept out, for admins of the server.

use std::net::IpAddr;

use bytes::Bytes;
use holdline_shared::{Nickname, Person, PersonId, ProblemCode, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::call::{Call, parse_person};
use super::caller::{Caller, network};
use super::description::Description;
use super::error::ApiError;
use super::named_person::named_person;
use super::reply::Reply;
use crate::access::{AccessChange, Ban, DAY, Denied, make_id};
use crate::log::{Draft, wall_clock};

/// The answer of `GET`.
#[derive(Serialize, ToSchema)]
struct Bans<'a> {
    bans: Vec<&'a Ban>,
}

/// The body before its texts are validated.
#[derive(Deserialize, ToSchema)]
struct BanBody {
    #[schema(value_type = Option<PersonId>)]
    person: Option<String>,
    /// An address; of IPv6 its network is meant.
    #[schema(value_type = Option<String>)]
    visitor: Option<IpAddr>,
    /// The end, which an address needs.
    until: Option<Timestamp>,
    #[schema(value_type = Option<Topic>)]
    reason: Option<String>,
    /// The name of a guest, whom the server may not know.
    #[schema(value_type = Option<Nickname>)]
    name: Option<String>,
    /// Whether the addresses from which the person came lately are banned, too: until `until`, or for a day.
    visitor_too: Option<bool>,
}

pub(crate) const LIST: Description =
    Description::new("The bans that are not over; for admins").for_people().answers::<Bans<'static>>(200);

pub(crate) const BAN: Description = Description::new("Bans a person, or an address for a time; for admins")
    .for_people()
    .takes::<BanBody>()
    .answers::<Ban>(201)
    .problems(PROBLEMS);

pub(crate) const BAN_PERSON: Description =
    Description::new("Bans the person, and where they come from if that is asked for; for admins")
        .for_people()
        .takes::<BanBody>()
        .answers::<Ban>(201)
        .problems(PROBLEMS);

pub(crate) const LIFT: Description = Description::new("Lifts a ban; for admins")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownItem, ProblemCode::RateLimited]);

pub(crate) const UNBAN_PERSON: Description = Description::new("Lifts every ban of the person; for admins")
    .for_people()
    .answers_empty(204)
    .problems(&[ProblemCode::UnknownPerson, ProblemCode::UnknownItem, ProblemCode::RateLimited]);

const PROBLEMS: &[ProblemCode] = &[
    ProblemCode::InvalidNickname,
    ProblemCode::InvalidTopic,
    ProblemCode::NameTaken,
    ProblemCode::UnknownPerson,
    ProblemCode::RateLimited,
];

/// The person of the session, if an admin.
pub(super) fn require_admin<'a>(app: &App, call: &'a Call) -> Result<&'a Person, ApiError> {
    let person = call.caller.require_session()?;
    if app.access.load().is_admin(&person.id) { Ok(person) } else { Err(Denied::AdminsOnly.into()) }
}

/// Lists the bans that are not over.
pub(crate) async fn bans(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    require_admin(&app, &call)?;
    let access = app.access.snapshot();
    let now = wall_clock();
    Ok(Reply::json(200, &Bans { bans: access.bans().filter(|ban| !ban.is_over(now)).collect() })?)
}

/// `POST`: bans a person, or an address for a time.
pub(crate) async fn ban(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let author = require_admin(&app, &call)?.clone();
    app.limits.publish(&call.caller)?;
    let body: BanBody = call.read_json().await?;
    let person = body.person.as_deref().map(parse_person).transpose()?;
    add(&app, &call.caller, author, person, body).await
}

/// `PUT /people/{id}/ban`
pub(crate) async fn ban_person(app: App, mut call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (author, person) = (require_admin(&app, &call)?.clone(), parse_person(call.id())?);
    app.limits.publish(&call.caller)?;
    let body: BanBody = call.read_json().await?;
    add(&app, &call.caller, author, Some(person), body).await
}

async fn add(
    app: &App,
    caller: &Caller,
    author: Person,
    person: Option<PersonId>,
    body: BanBody,
) -> Result<Reply, ApiError> {
    let refuse = |detail: &str| Err(ApiError::new(ProblemCode::InvalidBody, detail));
    match (&person, body.visitor) {
        (None, None) => return refuse("name a person, or a visitor's address"),
        (_, Some(_)) if body.until.is_none() => {
            return refuse(
                "an address is banned for a time, because somebody else has it tomorrow: give until",
            );
        }
        (_, Some(visitor)) if Some(network(visitor)) == caller.visitor => {
            return refuse("this is the address from which you have sent this; you would shut yourself out");
        }
        _ if body.until.is_some_and(|until| until <= wall_clock()) => {
            return refuse("until lies in the past; it is a time in milliseconds since 1970");
        }
        _ => {}
    }
    let access = app.access.snapshot();
    let person = person.map(|id| named_person(&access, id, None, body.name.as_deref())).transpose()?;
    let reason = body.reason.as_deref().map(Topic::parse).transpose()?.unwrap_or_default();
    let (visitors, visitors_until) = match &person {
        Some(person) if body.visitor_too == Some(true) => {
            (visitors_of(app, caller, person), Some(body.until.unwrap_or(wall_clock().plus(DAY))))
        }
        None if body.visitor_too == Some(true) => return refuse("visitor_too is about a person: name one"),
        _ => (Vec::new(), None),
    };
    let visitors_until = visitors_until.filter(|_| !visitors.is_empty());
    let (id, visitor, until) = (make_id(), body.visitor.map(network), body.until);
    let ban = Ban { id, person, visitor, until, visitors, visitors_until, reason };
    app.hub.publish(Draft::access(author, AccessChange::Banned { ban: ban.clone() })).await?;
    Ok(Reply::json(201, &ban)?)
}

/// The addresses of a person, without that of the admin who bans: two may sit in one house.
fn visitors_of(app: &App, caller: &Caller, person: &Person) -> Vec<IpAddr> {
    let mut visitors = app.whereabouts.visitors_of(&person.id);
    visitors.retain(|visitor| Some(*visitor) != caller.visitor);
    visitors
}

/// `DELETE /bans/{id}`
pub(crate) async fn lift_ban(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let author = require_admin(&app, &call)?.clone();
    app.limits.publish(&call.caller)?;
    let unbanned = AccessChange::Unbanned { id: call.id().to_owned() };
    app.hub.publish(Draft::access(author, unbanned)).await?;
    Ok(Reply::new(204, None, Bytes::new()))
}

/// `DELETE /people/{id}/ban`: lifts every ban of this person.
pub(crate) async fn unban_person(app: App, call: Call) -> Result<Reply, ApiError> {
    call.expect_no_query()?;
    let (author, person) = (require_admin(&app, &call)?.clone(), parse_person(call.id())?);
    app.limits.publish(&call.caller)?;
    let access = app.access.snapshot();
    let bans = access.bans().filter(|ban| ban.person.as_ref().is_some_and(|banned| banned.id == person));
    for ban in bans {
        let unbanned = AccessChange::Unbanned { id: ban.id.clone() };
        app.hub.publish(Draft::access(author.clone(), unbanned)).await?;
    }
    Ok(Reply::new(204, None, Bytes::new()))
}
