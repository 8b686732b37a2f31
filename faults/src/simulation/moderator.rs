//! The moderator of the private room, who adds and removes its members at random while faults are injected.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_shared::Role;
use tokio::time::sleep;

use super::server::Run;
use super::transport::request;
use super::world::World;
use super::{chaos, member};

/// Adds and removes until the faults end.
pub(super) async fn run(world: Rc<World>) {
    let mut rng: Rng = world.rng("moderator", 0);
    while world.now() < chaos::DURATION {
        sleep(Duration::from_millis(rng.u64(0..900))).await;
        let Some(person) = member::person(rng.usize(0..world.plan.members)) else { return };
        let role = if rng.bool() { Role::Member } else { Role::None };
        let draft = world.plan.member_draft(person, role);
        let work = |run: Rc<Run>| {
            let draft = draft.clone();
            async move { run.hub.publish(draft).await }
        };
        // Whether the change was made is decided by the log, and read there.
        let _ = request(&world, world.plan.clients() - 1, &mut rng, work).await;
    }
}
