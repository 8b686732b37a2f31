//! Requests of subscribers: polls, and history page by page, each answered as the HTTP layer would.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_server::hub::PollError;
use holdline_shared::{
    After, Batch, Cursor, Event, Person, PresenceTag, Problem, ProblemCode, PublishKey, RoomName,
    RoomSelection, Seq,
};

use super::network::{Heard, request};
use super::server::Run;
use super::world::World;
use holdline_server::Scope;

/// A room's whole history.
pub(super) struct Page {
    pub(super) room: RoomName,
    pub(super) cursor: Cursor,
    pub(super) messages: Vec<(Seq, PublishKey)>,
}

/// What a poll asks.
pub(super) struct Question {
    pub(super) rooms: RoomSelection,
    pub(super) after: After,
    pub(super) wait: Duration,
    /// Who is here, in the first of the rooms, and what they know of who else is.
    pub(super) here: Option<(Person, Option<PresenceTag>)>,
}

/// One poll, as what the machine is told of it.
pub(super) async fn poll(world: &World, client: usize, rng: &mut Rng, question: &Question) -> Event {
    let work = |run: Rc<Run>| async move {
        let presence = question.here.as_ref().map(|(person, known)| {
            run.hub.enter(&Scope::of_every_room(), person, &[RoomName::lobby()], known.as_ref())
        });
        run.hub.poll(&Scope::of_every_room(), &question.rooms, question.after, question.wait, presence).await
    };
    match request(world, client, rng, work).await {
        Heard::Answer(Ok(answer)) => match serde_json::from_slice::<Batch>(&answer.body) {
            Ok(batch) => Event::Answered(batch),
            Err(error) => Event::Failed { why: error.to_string() },
        },
        Heard::Answer(Err(error)) => refusal(error),
        other => trouble(&other),
    }
}

/// Where the log stands.
pub(super) async fn now(world: &World, client: usize, rng: &mut Rng) -> Result<Cursor, Event> {
    match request(
        world,
        client,
        rng,
        |run: Rc<Run>| async move { run.hub.rooms(&Scope::of_every_room()).cursor },
    )
    .await
    {
        Heard::Answer(cursor) => Ok(cursor),
        other => Err(trouble(&other)),
    }
}

/// A room's history, newest page first.
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
            Heard::Answer(Ok(Ok(history))) => history,
            Heard::Answer(Ok(Err(_))) => {
                return Err(problem(Problem::new(ProblemCode::UnknownRoom, "no room")));
            }
            Heard::Answer(Err(error)) => return Err(refusal(PollError::Log(error))),
            other => return Err(trouble(&other)),
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

fn trouble<T>(heard: &Heard<T>) -> Event {
    match heard {
        Heard::Gateway(status) => Event::Refused { status: *status, problem: None, retry_after: None },
        Heard::Broken(why) => Event::Failed { why: (*why).to_owned() },
        Heard::Answer(_) => Event::Failed { why: "unexpected".to_owned() },
    }
}
