//! The hub over the reference engine, without HTTP. [`interleavings`](super::interleavings) explores the
//! orders of its steps.

mod cache;
mod held_polls;
mod polls;
mod presence;
mod removals;
mod scopes;

use holdline_shared::{Person, RoomName, Seq};

use super::Hub;
use crate::log::{Draft, Outcome};

fn names(rooms: &[&str]) -> Vec<RoomName> {
    rooms.iter().map(|room| room.parse().unwrap()).collect()
}

async fn publish(hub: &Hub, room: &RoomName) -> Seq {
    let draft = Draft::say(Person::stdin(), room.clone(), "hello".parse().unwrap());
    match hub.publish(draft).await {
        Ok(Outcome::Appended(entry)) => entry.seq,
        other => panic!("{other:?}"),
    }
}
