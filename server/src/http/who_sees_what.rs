//! Who sees what: random histories of rooms, members, webhooks, bans, doors and every kind of entry, and after each step every way out,
//! against a model of a few lines. Most histories pass the router, which is fast; some pass sockets, in both ways of serving.
//!
//! `HOLDLINE_HISTORIES` is the number of histories, `HOLDLINE_SEED` the first one's seed; a failure names its own.

mod client;
mod hidden;
mod holds;
mod looks;
mod model;
mod steps;
mod webhooks;
mod world;

use std::time::Duration;

use self::client::Way;
use self::world::World;

/// The number of histories through the router, unless the environment says otherwise; over sockets a tenth of that.
const HISTORIES: u64 = 60;

/// The number of steps of a history.
const STEPS: usize = 25;

/// The time after which what should have come has not.
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::test]
async fn everybody_sees_what_the_model_says_on_every_way() {
    run(Way::Router, 1).await;
}

#[tokio::test]
async fn everybody_sees_what_the_model_says_on_event_loops() {
    run(Way::EventLoops, 10).await;
}

#[tokio::test]
async fn everybody_sees_what_the_model_says_without_event_loops() {
    run(Way::Plain, 10).await;
}

/// Runs one of `share` histories in this way.
async fn run(way: Way, share: u64) {
    let number = |name, or| std::env::var(name).map_or(or, |text: String| text.parse().unwrap());
    let (histories, first) = (number("HOLDLINE_HISTORIES", HISTORIES) / share, number("HOLDLINE_SEED", 1));
    let mut checks = Checks::default();
    for seed in first..first + histories {
        let mut world = World::new(seed, way).await;
        for _ in 0..STEPS {
            let before = world.model.clone();
            let held = world.hold().await;
            world.step().await;
            world.end(held, &before, &mut checks).await;
            world.look(&mut checks).await;
        }
        world.check_deliveries(&mut checks).await;
        world.close().await;
    }
    // Guards against a comparison of nothing.
    let Checks { entries, hidden, ended, delivered } = checks;
    assert!(entries > histories * 100 && hidden > histories * 20 && ended * 10 > histories, "{checks:?}");
    assert!(delivered > histories, "{checks:?}");
}

/// The number of comparisons of each kind.
#[derive(Debug, Default, Clone, Copy)]
struct Checks {
    /// Entries that were delivered and should be.
    entries: u64,
    /// Answers about what does not exist for the reader.
    hidden: u64,
    /// The number of held requests that ended because their room was hidden meanwhile.
    ended: u64,
    /// Messages that were delivered to outgoing webhooks.
    delivered: u64,
}
