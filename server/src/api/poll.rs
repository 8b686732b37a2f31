//! `GET /api/v1/poll`: the long poll; the same by `POST`, for queries that are too long for an address.

use holdline_shared::{Batch, PollQuery, ProblemCode, RoomSelection};
use utoipa::ToSchema;

use super::app::App;
use super::call::Call;
use super::caller::Poller;
use super::description::{Description, Parameter};
use super::error::ApiError;
use super::limits::HoldLease;
use super::reply::Reply;
use crate::hub::{PollError, PollRequest};

/// The only accepted media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) const POLL: Description = Description::new("Entries after a cursor; held until there are some")
    .for_readers()
    .query(&[
        Parameter::required::<Vec<String>>("room", "Names of rooms, or * for every room"),
        Parameter::optional::<String>("after", "A cursor, start or now"),
        Parameter::optional::<u32>("wait", "Seconds to hold the request when there is nothing"),
        Parameter::optional::<Vec<String>>(
            "here",
            "Rooms in which the person, who needs a session, is shown as here",
        ),
        Parameter::optional::<String>("presence", "The presence tag from the last answer"),
        Parameter::optional::<u64>(
            "memberships",
            "The memberships of the last answer that had them; 0 before the first",
        ),
    ])
    .answers::<Batch>(200)
    .problems(PROBLEMS);

pub(crate) const POLL_BY_FORM: Description = Description::new("The same poll, with its parameters in a form")
    .for_readers()
    .takes_as::<PollForm>(FORM)
    .answers::<Batch>(200)
    .problems(PROBLEMS);

/// The problems of every way to hear of new entries.
pub(super) const PROBLEMS: &[ProblemCode] = &[
    ProblemCode::InvalidRoom,
    ProblemCode::UnknownRoom,
    ProblemCode::InvalidCursor,
    ProblemCode::EpochChanged,
    ProblemCode::Gap,
    ProblemCode::RateLimited,
];

/// The form of a poll: the parameters of its query. [`PollQuery`] reads both.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a schema alone")]
struct PollForm {
    /// Names of rooms, or `*` for every room.
    room: Vec<String>,
    after: Option<String>,
    wait: Option<u32>,
    here: Option<Vec<String>>,
    presence: Option<String>,
    memberships: Option<u64>,
}

/// Answers with the entries of the rooms after the cursor, or holds. The request is dropped before the hold,
/// because a held poll has to be small.
pub(crate) fn poll(app: App, call: Call) -> impl Future<Output = Result<Reply, ApiError>> + Send {
    let query = PollQuery::from_pairs(call.query_pairs());
    let begun = query.map_err(ApiError::from).and_then(|query| {
        let (PollRequest { admitted, presence, .. }, lease) =
            admit_poll(&app, &Poller::of(&app, &call.caller)?, &query)?;
        Ok((query.rooms, admitted, presence, lease))
    });
    drop(call);
    async move {
        let (rooms, admitted, presence, _lease) = begun?;
        hold(&app, PollRequest { rooms: &rooms, admitted, presence }).await
    }
}

/// Polls with the parameters in a form, in addition to those of the query.
pub(crate) async fn poll_by_form(app: App, mut call: Call) -> Result<Reply, ApiError> {
    if !call.media_type().eq_ignore_ascii_case(FORM) {
        let detail = format!("send the parameters as a form, with the header Content-Type: {FORM}");
        return Err(ApiError::media_type(detail));
    }
    let form = call.read_body().await?;
    let query = PollQuery::from_pairs(call.query_pairs().chain(form_urlencoded::parse(&form)))?;
    let (request, _lease) = admit_poll(&app, &Poller::of(&app, &call.caller)?, &query)?;
    drop((call, form));
    hold(&app, request).await
}

async fn hold(app: &App, request: PollRequest<'_>) -> Result<Reply, ApiError> {
    let answer = app.hub.reply(request).await?;
    Ok(Reply::batch(answer.body, app.hub.is_closing()))
}

/// Checks a poll, then marks its person as present if the poll asks for that. A refused poll marks nobody. The lease belongs
/// to the poll for as long as it is held.
pub(crate) fn admit_poll<'a>(
    app: &App,
    poller: &Poller,
    query: &'a PollQuery,
) -> Result<(PollRequest<'a>, HoldLease), ApiError> {
    let person = if query.here.is_empty() { None } else { Some(poller.require_session()?) };
    let scope = poller.scope.clone().with_known_memberships(query.memberships);
    let wait = query.wait.unwrap_or(app.hub.config().wait);
    let lease = if wait.is_zero() {
        app.limits.read(poller)?;
        HoldLease::default()
    } else {
        app.limits.hold(poller)?
    };
    let admitted = app.hub.admit(&scope, &query.rooms, query.after, wait)?;
    if person.is_some()
        && let RoomSelection::Named(names) = &query.rooms
        && let Some(unknown) = names.iter().find(|name| !scope.allows(name) || !app.hub.has_room(name))
    {
        return Err(PollError::UnknownRoom(unknown.clone()).into());
    }
    let enter = |person| app.hub.enter(&scope, person, &query.here, query.presence.as_ref());
    let presence = person.map(enter);
    Ok((PollRequest { rooms: &query.rooms, admitted, presence }, lease))
}
