//! Who sees what: random histories of rooms, members, bans, doors and every kind of entry, and after each step every way out,
//! against a model of a few lines. The requests pass the router, without sockets.
//!
//! `HOLDLINE_HISTORIES` is the number of histories, `HOLDLINE_SEED` the first one's seed; a failure names its own.

mod looks;
mod model;
mod webhooks;
mod world;

use self::world::World;

/// The number of histories, unless the environment says otherwise.
const HISTORIES: u64 = 60;

/// The number of steps of a history.
const STEPS: usize = 25;

#[tokio::test]
async fn everybody_sees_what_the_model_says_on_every_way() {
    let number = |name, or| std::env::var(name).map_or(or, |text: String| text.parse().unwrap());
    let (histories, first) = (number("HOLDLINE_HISTORIES", HISTORIES), number("HOLDLINE_SEED", 1));
    let mut checks = Checks::default();
    for seed in first..first + histories {
        let mut world = World::new(seed).await;
        for _ in 0..STEPS {
            let before = world.model.clone();
            let held = world.hold().await;
            world.step().await;
            world.end(held, &before, &mut checks).await;
            let viewer = world.any_viewer();
            world.look(viewer, &mut checks).await;
        }
        world.check_deliveries(&mut checks).await;
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
    /// Answers about rooms that do not exist for the reader.
    hidden: u64,
    /// Polls that ended because their room was hidden meanwhile.
    ended: u64,
    /// Messages that were delivered to outgoing webhooks.
    delivered: u64,
}
