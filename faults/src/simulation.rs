//! A deterministic simulation: the real hub, the real subscription machine and a log whose disk can lose what was not
//! synced, on one thread in virtual time, with a network, crashes and people that are all decided by one seed.
//!
//! The same seed makes the same run, which the digest of its events shows; a seed that fails is a bug report. What is
//! simulated is what is between the parts: HTTP itself, SQLite and real disks are for the other rounds.

mod chaos;
mod desk;
mod disk;
mod history;
mod network;
mod publisher;
mod record;
mod server;
mod subscriber;
#[cfg(test)]
mod tests;
mod trace;
mod verdict;
mod world;

pub use self::verdict::Verdict;
pub use self::world::Sabotage;

use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinHandle, LocalSet};
use tokio::time::{Instant, sleep};

use self::world::World;

/// How long things break.
const CHAOS: Duration = Duration::from_secs(60);
/// Until then everyone must have everything, once nothing breaks any more: the longest silence that a client bears (35 s),
/// then the longest back-off (30 s), twice over.
const PATIENCE: Duration = Duration::from_secs(130);

/// Plays one seed from beginning to end.
///
/// # Errors
/// When the runtime cannot be made.
pub fn play(seed: u64, sabotage: Option<Sabotage>) -> std::io::Result<Verdict> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build()?;
    Ok(LocalSet::new().block_on(&runtime, run(World::new(seed, sabotage))))
}

async fn run(world: Rc<World>) -> Verdict {
    world.server.start().await;
    let publishers: Vec<_> = (0..world.plan.publishers)
        .map(|number| tokio::task::spawn_local(publisher::run(world.clone(), number)))
        .collect();
    let subscribers: Vec<_> = (0..world.plan.subscribers)
        .map(|number| tokio::task::spawn_local(subscriber::run(world.clone(), number)))
        .collect();
    chaos::run(&world, CHAOS).await;
    world.calm().await;

    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !(publishers.iter().all(JoinHandle::is_finished) && world.all_seen()) {
        sleep(Duration::from_millis(100)).await;
    }
    let settled = world.now();
    let are_done = publishers.iter().all(JoinHandle::is_finished);
    for task in subscribers.iter().chain(&publishers) {
        task.abort();
    }
    for task in subscribers.into_iter().chain(publishers) {
        let broke = task.await.is_err_and(|error| error.is_panic());
        if broke {
            world.trace.say("simulation", "a task panicked");
            world.has_panicked.set(true);
        }
    }
    Verdict::of(&world, are_done, settled)
}
