//! The requests of subscribers: polls, and history page by page, each answered as the HTTP layer would.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_server::hub::PollError;
use holdline_shared::{
    After, Batch, Cursor, Event, Person, PresenceTag, Problem, ProblemCode, PublishKey, RoomName,
    RoomSelection, Seq,
};

use super::server::Run;
use super::transport::{NetworkResult, request};
use super::world::World;
use holdline_server::Scope;

/// A room's whole history.
pub(super) struct Page {
    pub(super) room: RoomName,
    pub(super) cursor: Cursor,
    pub(super) messages: Vec<(Seq, PublishKey)>,
}

/// The parameters of a poll.
pub(super) struct PollRequest {
    pub(super) rooms: RoomSelection,
    pub(super) after: After,
    pub(super) wait: Duration,
    /// The person who is present in the lobby, and the state of presence that they know.
    pub(super) here: Option<(Person, Option<PresenceTag>)>,
}

/// Polls once and returns the result as an event.
pub(super) async fn poll(world: &World, client: usize, rng: &mut Rng, poll: &PollRequest) -> Event {
    let work = |run: Rc<Run>| async move {
        let here = poll.here.as_ref();
        let presence = here.map(|(person, known)| {
            run.hub.enter(&Scope::of_every_room(), person, &[RoomName::lobby()], known.as_ref())
        });
        run.hub.poll(&Scope::of_every_room(), &poll.rooms, poll.after, poll.wait, presence).await
    };
    match request(world, client, rng, work).await {
        NetworkResult::Response(Ok(answer)) => match serde_json::from_slice::<Batch>(&answer.body) {
            Ok(batch) => Event::Answered(batch),
            Err(error) => Event::Failed { why: error.to_string() },
        },
        NetworkResult::Response(Err(error)) => refusal(error),
        other => failure_event(&other),
    }
}

/// Reads the log's head.
pub(super) async fn now(world: &World, client: usize, rng: &mut Rng) -> Result<Cursor, Event> {
    match request(
        world,
        client,
        rng,
        |run: Rc<Run>| async move { run.hub.rooms(&Scope::of_every_room()).cursor },
    )
    .await
    {
        NetworkResult::Response(cursor) => Ok(cursor),
        other => Err(failure_event(&other)),
    }
}

/// Reads a room's history, newest page first.
pub(super) async fn read(
    world: &World,
    client: usize,
    rng: &mut Rng,
    room: &RoomName,
) -> Result<Page, Event> {
    let mut page: Option<Page> = None;
    let limit = rng.usize(2..40);
    loop {
        let before = page.as_ref().and_then(|page| page.messages.first()).map(|(seq, _)| *seq);
        let work = |run: Rc<Run>| async move {
            run.hub.history(&Scope::of_every_room(), room, before, limit, None).await
        };
        let history = match request(world, client, rng, work).await {
            NetworkResult::Response(Ok(Ok(history))) => history,
            NetworkResult::Response(Ok(Err(_))) => {
                return Err(problem(Problem::new(ProblemCode::UnknownRoom, "no room")));
            }
            NetworkResult::Response(Err(error)) => return Err(refusal(PollError::Log(error))),
            other => return Err(failure_event(&other)),
        };
        let first =
            page.get_or_insert(Page { room: room.clone(), cursor: history.cursor, messages: Vec::new() });
        if first.cursor.epoch != history.cursor.epoch {
            return Err(Event::Failed { why: "replaced meanwhile".to_owned() });
        }
        let older = history.messages.iter().map(|message| (message.seq, message.key));
        first.messages = older.chain(std::mem::take(&mut first.messages)).collect();
        if let Some(page) = page.take_if(|_| !history.more) {
            return Ok(page);
        }
    }
}

fn refusal(error: PollError) -> Event {
    problem(match error {
        PollError::UnknownRoom(room) => Problem::new(ProblemCode::UnknownRoom, room.as_str()),
        PollError::EpochChanged(cursor) => Problem::new(ProblemCode::EpochChanged, "another log").at(cursor),
        PollError::Gap { cursor, .. } => Problem::new(ProblemCode::Gap, "forgotten").at(cursor),
        PollError::Overloaded => Problem::new(ProblemCode::Overloaded, "too many"),
        PollError::Log(error) => Problem::new(ProblemCode::LogUnavailable, error.to_string()),
        other => Problem::new(ProblemCode::Internal, other.to_string()),
    })
}

fn problem(problem: Problem) -> Event {
    let retry_after = (problem.status == 503).then_some(Duration::from_secs(2));
    Event::Refused { status: problem.status, problem: Some(problem), retry_after }
}

fn failure_event<T>(result: &NetworkResult<T>) -> Event {
    match result {
        NetworkResult::Gateway(status) => {
            Event::Refused { status: *status, problem: None, retry_after: None }
        }
        NetworkResult::Broken(why) => Event::Failed { why: (*why).to_owned() },
        NetworkResult::Response(_) => Event::Failed { why: "unexpected".to_owned() },
    }
}
