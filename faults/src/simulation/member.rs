//! A member of the private room, who is removed and added again at random and meanwhile asks for the room in every way. What
//! the server answers is recorded where it leaves the server, whether or not the network delivers it.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use holdline_server::{Readers, Scope};
use holdline_shared::{After, Batch, Cursor, Person, PersonId, RoomName, RoomSelection, Seq};
use tokio::time::{sleep, timeout};

use super::mutation::Mutation;
use super::records::Hearing;
use super::server::Run;
use super::transport::{NetworkResult, request};
use super::world::World;

/// The time limit of a request, longer than the longest hold.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// The number of ways to ask.
const WAYS: u8 = 5;

/// The person of a member.
pub(super) fn person(number: usize) -> Option<Person> {
    Some(Person { id: format!("m{number}").parse().ok()?, name: format!("M{number}").parse().ok()? })
}

/// The answer to a request about the private room.
struct Answer {
    entries: usize,
    /// The newest position of which the answer tells.
    newest: Seq,
    cursor: Cursor,
}

/// Asks until aborted.
pub(super) async fn run(world: Rc<World>, number: usize) {
    let Some(Person { id, .. }) = person(number) else { return };
    let client = world.plan.publishers + world.plan.subscribers + number;
    let mut rng = world.rng("member", number);
    let mut after = After::Start;
    loop {
        sleep(Duration::from_millis(rng.u64(0..600))).await;
        let (way, wait) = (rng.u8(..WAYS), Duration::from_millis(rng.u64(0..8000)));
        let work = |run: Rc<Run>| {
            let (world, id) = (world.clone(), id.clone());
            async move {
                let answer = ask(&world, &run, &id, way, after, wait).await?;
                world.hearings.borrow_mut().push(Hearing {
                    incarnation: world.disk.incarnation(),
                    person: id,
                    entries: answer.entries,
                    newest: answer.newest,
                    head: run.hub.head(),
                });
                Some(answer.cursor)
            }
        };
        let asked = timeout(REQUEST_LIMIT, request(&world, client, &mut rng, work)).await;
        let is_from_start = rng.u8(..4) == 0;
        after = match asked {
            Ok(NetworkResult::Response(Some(cursor))) if !is_from_start => After::At(cursor),
            _ => After::Start,
        };
    }
}

/// Asks in one of the ways; `None` if the server refuses.
async fn ask(
    world: &World,
    run: &Run,
    id: &PersonId,
    way: u8,
    after: After,
    wait: Duration,
) -> Option<Answer> {
    let den = &world.plan.den;
    let access = run.hub.log().access();
    let readers: Arc<dyn Readers> = if world.mutation == Some(Mutation::AskScopeOnce) {
        Arc::new(FirstDecision(access.may_read(Some(id), den)))
    } else {
        Arc::new(access)
    };
    let scope = Scope::of_reader(readers, Some(id.clone()));
    let rooms = match way {
        0 => RoomSelection::All,
        1 => RoomSelection::Named(vec![den.clone()]),
        2 => RoomSelection::Named(vec![den.clone(), RoomName::lobby()]),
        3 => {
            let history = run.hub.history(&scope, den, None, 40, Some(id.clone())).await.ok()?.ok()?;
            // The messages are in their state at the cursor.
            let (entries, cursor) = (history.messages.len(), history.cursor);
            return Some(Answer { entries, newest: cursor.seq, cursor });
        }
        _ => {
            let next = run.hub.next_message(&scope, den, after, Some(wait)).await.ok()?;
            let newest = if next.text.is_some() { next.cursor.seq } else { Seq::START };
            return Some(Answer { entries: usize::from(next.text.is_some()), newest, cursor: next.cursor });
        }
    };
    let answer = run.hub.poll(&scope, &rooms, after, wait, None).await.ok()?;
    let batch: Batch = serde_json::from_slice(&answer.body).ok()?;
    let told: Vec<Seq> =
        batch.entries.iter().filter(|entry| entry.room == *den).map(|entry| entry.seq).collect();
    Some(Answer {
        entries: told.len(),
        newest: told.into_iter().max().unwrap_or(Seq::START),
        cursor: batch.cursor,
    })
}

/// The decision at the moment of the request, kept for as long as the request lasts.
#[derive(Debug)]
struct FirstDecision(bool);

impl Readers for FirstDecision {
    fn may_read(&self, _: Option<&PersonId>, room: &RoomName) -> bool {
        self.0 || *room == RoomName::lobby()
    }

    fn hides_rooms_from(&self, _: Option<&PersonId>) -> bool {
        true
    }
}
