//! A simulated publisher: publishes one message after another and repeats each with its key until it is acknowledged.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_server::log::{Draft, DraftKind, LogError, Outcome};
use holdline_shared::{Person, PublishKey, RoomName, Seq};
use tokio::time::{sleep, timeout};

use super::mutation::Mutation;
use super::plan;
use super::records::{PublishRecord, PublisherRecord};
use super::transport::{NetworkResult, request};
use super::world::World;

/// The time limit of a request, after which a publisher repeats it.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Publishes all messages; ends when all are acknowledged.
pub(super) async fn run(world: Rc<World>, number: usize) {
    let Some(author) = plan::publisher(number) else { return };
    let mut rng = world.rng("publisher", number);
    let slot = {
        let mut sent = world.sent.borrow_mut();
        sent.push(PublisherRecord { author: author.id.clone(), publishes: Vec::new() });
        sent.len() - 1
    };
    for count in 0..world.plan.messages {
        sleep(Duration::from_millis(rng.u64(0..4500))).await;
        let last = world.plan.rooms.len() - 1;
        // The last room is created by its first message; some subscribers wait for it.
        let is_due = number == 0 && count + 1 == world.plan.messages;
        let is_private = rng.u8(0..3) == 0 && !is_due;
        let room = world.plan.rooms[if is_due { last } else { rng.usize(0..=last) }].clone();
        let room = if is_private { world.plan.den.clone() } else { room };
        let seq = say(&world, number, slot, &mut rng, &author, room.clone(), count).await;
        if let Some(seq) = seq
            && rng.u8(0..4) == 0
        {
            change(&world, number, &mut rng, &author, room, seq).await;
        }
    }
}

/// Publishes one message until it is acknowledged. Returns its position in the log.
async fn say(
    world: &World,
    number: usize,
    slot: usize,
    rng: &mut Rng,
    author: &Person,
    room: RoomName,
    count: usize,
) -> Option<Seq> {
    let text = format!("{count} of {number}").parse().ok()?;
    let mut key = PublishKey::from_bytes(rng.u128(..).to_le_bytes());
    let record = PublishRecord { room: room.clone(), keys: vec![key], tries: 0, is_acknowledged: false };
    world.sent.borrow_mut()[slot].publishes.push(record);
    let mut pause = 200;
    loop {
        if let Some(record) = world.sent.borrow_mut()[slot].publishes.last_mut() {
            record.tries += 1;
            if record.tries > 1 && world.mutation == Some(Mutation::ForgetKey) {
                key = PublishKey::from_bytes(rng.u128(..).to_le_bytes());
                record.keys.push(key);
            }
        }
        let kind = DraftKind::Message { key, text: Clone::clone(&text), reply_to: None, makes_room: true };
        let draft = Draft { author: author.clone(), room: room.clone(), kind };
        if let Some(outcome) = publish(world, number, rng, &draft).await {
            world.trace.add(format_args!("publisher {number}"), format_args!("said {count} in {room}"));
            if let Some(record) = world.sent.borrow_mut()[slot].publishes.last_mut() {
                record.is_acknowledged = true;
            }
            return match outcome {
                Outcome::Appended(entry) | Outcome::Repeated(entry) => Some(entry.seq),
                _ => None,
            };
        }
        sleep(Duration::from_millis(rng.u64(0..=pause))).await;
        pause = (pause * 2).min(4000);
    }
}

/// Edits, deletes or reacts; gives up after a few attempts.
async fn change(world: &World, number: usize, rng: &mut Rng, author: &Person, room: RoomName, target: Seq) {
    let (Ok(text), Ok(emoji)) = ("changed".parse(), "👍".parse()) else { return };
    let kind = match rng.u8(0..3) {
        0 => DraftKind::Edit { target, text },
        1 => DraftKind::Delete { target },
        _ => DraftKind::Reaction { target, emoji, on: true },
    };
    let draft = Draft { author: author.clone(), room, kind };
    for _ in 0..3 {
        if publish(world, number, rng, &draft).await.is_some() {
            return;
        }
        sleep(Duration::from_millis(rng.u64(0..500))).await;
    }
}

/// Sends one request. `None` if its outcome is unknown.
async fn publish(world: &World, number: usize, rng: &mut Rng, draft: &Draft) -> Option<Outcome> {
    let work = |run: Rc<super::server::Run>| async move { run.hub.publish(draft.clone()).await };
    match timeout(REQUEST_LIMIT, request(world, number, rng, work)).await {
        Ok(NetworkResult::Response(Ok(outcome))) => Some(outcome),
        // A refusal is final.
        Ok(NetworkResult::Response(Err(LogError::Refused(_)))) => Some(Outcome::Unchanged),
        Ok(NetworkResult::Response(Err(_)) | NetworkResult::Gateway(_) | NetworkResult::Broken(_))
        | Err(_) => None,
    }
}
