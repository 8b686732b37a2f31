//! A deterministic simulation: the real hub, the real subscription machine and a log whose disk can lose unsynced
//! writes, on one thread in virtual time. One seed decides network, crashes and clients.
//!
//! The same seed makes the same run, verified by a digest of its events; a failing seed is a bug report. HTTP, SQLite
//! and real disks are not simulated; the other rounds test them.

mod chaos;
mod disk;
mod member;
mod moderator;
mod mutation;
mod network;
mod plan;
mod publisher;
mod random;
mod records;
mod report;
mod requests;
mod server;
mod simulated_log;
mod subscriber;
#[cfg(test)]
mod tests;
mod trace;
mod transport;
mod world;

pub use self::mutation::Mutation;
pub use self::report::SimulationReport;

use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinHandle, LocalSet};
use tokio::time::{Instant, sleep};

use self::world::World;

/// The time limit for all deliveries after the last fault: the longest silence that a client waits for (35 s) and the
/// longest backoff (30 s), twice.
const SETTLE_LIMIT: Duration = Duration::from_secs(130);

/// Runs one seed.
///
/// # Errors
/// When the runtime cannot be created.
pub fn run_seed(seed: u64, mutation: Option<Mutation>) -> std::io::Result<SimulationReport> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build()?;
    // The world begins inside, where time stands still, or the load of this machine would be a part of the run.
    Ok(LocalSet::new().block_on(&runtime, async { run(World::new(seed, mutation)).await }))
}

async fn run(world: Rc<World>) -> SimulationReport {
    world.server.start().await;
    let publishers: Vec<_> = (0..world.plan.publishers)
        .map(|number| tokio::task::spawn_local(publisher::run(world.clone(), number)))
        .collect();
    let subscribers: Vec<_> = (0..world.plan.subscribers)
        .map(|number| tokio::task::spawn_local(subscriber::run(world.clone(), number)))
        .collect();
    let members: Vec<_> = (0..world.plan.members)
        .map(|number| tokio::task::spawn_local(member::run(world.clone(), number)))
        .collect();
    let moderator = tokio::task::spawn_local(moderator::run(world.clone()));
    chaos::run(&world).await;
    world.end_faults().await;

    let deadline = Instant::now() + SETTLE_LIMIT;
    while Instant::now() < deadline && !(publishers.iter().all(JoinHandle::is_finished) && world.all_seen()) {
        sleep(Duration::from_millis(100)).await;
    }
    let settled = world.now();
    let are_done = publishers.iter().all(JoinHandle::is_finished);
    let tasks: Vec<_> = subscribers.into_iter().chain(publishers).chain(members).chain([moderator]).collect();
    for task in &tasks {
        task.abort();
    }
    for task in tasks {
        let broke = task.await.is_err_and(|error| error.is_panic());
        if broke {
            world.trace.add("simulation", "a task panicked");
            world.has_panicked.set(true);
        }
    }
    SimulationReport::of(&world, are_done, settled)
}
