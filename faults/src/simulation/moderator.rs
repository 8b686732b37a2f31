//! The moderator of the private room, who adds and removes its members at random while faults are injected.

use std::rc::Rc;
use std::time::Duration;

use fastrand::Rng;
use holdline_server::log::{Draft, DraftKind};
use holdline_shared::{MemberChange, Person, PolicyChange, Role, RoomName, Visibility};
use tokio::time::sleep;

use super::chaos;
use super::member;
use super::server::Run;
use super::transport::request;
use super::world::World;

/// The drafts that make the room, and these people its members.
pub(super) fn make_den(den: &RoomName, members: impl Iterator<Item = Person>) -> Vec<Draft> {
    let policy = Some(PolicyChange::new(Visibility::Private));
    let room =
        Draft { author: Person::house(), room: den.clone(), kind: DraftKind::Room { topic: None, policy } };
    [room].into_iter().chain(members.map(|person| change(den, person, Role::Member))).collect()
}

fn change(den: &RoomName, person: Person, role: Role) -> Draft {
    let kind = MemberChange { person, role, until: None, muted_until: None, reason: None };
    Draft { author: Person::house(), room: den.clone(), kind: DraftKind::Member(kind) }
}

/// Adds and removes until the faults end.
pub(super) async fn run(world: Rc<World>) {
    let mut rng: Rng = world.rng("moderator", 0);
    while world.now() < chaos::DURATION {
        sleep(Duration::from_millis(rng.u64(0..900))).await;
        let Some(person) = member::person(rng.usize(0..world.plan.members)) else { return };
        let role = if rng.bool() { Role::Member } else { Role::None };
        let draft = change(&world.plan.den, person, role);
        let work = |run: Rc<Run>| {
            let draft = draft.clone();
            async move { run.hub.publish(draft).await }
        };
        // Whether the change was made is decided by the log, and read there.
        let _ = request(&world, world.plan.clients() - 1, &mut rng, work).await;
    }
}
