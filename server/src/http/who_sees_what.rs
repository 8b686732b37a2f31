//! Who sees what: random histories of rooms, members, webhooks, bans, doors and every kind of entry against a model of a few
//! lines. After each step somebody whom it may concern looks in a few ways, and at the end somebody looks at everything: many
//! histories find more than many looks at one. Most pass the router, which is fast; some pass sockets, in both ways of serving.
//!
//! `HOLDLINE_HISTORIES` is the number of histories, `HOLDLINE_SEED` the first one's seed; a failure names its own.

mod client;
mod hidden;
mod holds;
mod looks;
mod model;
mod steps;
mod webhook_target;
mod webhooks;
mod world;

use std::time::Duration;

use self::client::Way;
use self::world::World;
use crate::random;

/// The number of histories through the router, unless the environment says otherwise; over sockets a share of that. About a
/// minute of one core for all, unoptimised.
const HISTORIES: u64 = 200;

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
    run(Way::EventLoops, 5).await;
}

#[tokio::test]
async fn everybody_sees_what_the_model_says_without_event_loops() {
    run(Way::Plain, 5).await;
}

/// Runs one of `share` histories in this way: the first half always from the same seed, the rest from one that is printed.
async fn run(way: Way, share: u64) {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let histories = number("HOLDLINE_HISTORIES").unwrap_or(HISTORIES) / share;
    let seeds: Vec<u64> = if let Some(first) = number("HOLDLINE_SEED") {
        (first..first + histories).collect()
    } else {
        let first = random::word() >> 16;
        eprintln!("half of the histories {way:?}: seeds from {first}");
        (1..=histories / 2).chain(first..first + histories.div_ceil(2)).collect()
    };
    // reqwest needs a provider even without TLS. Making a client takes longer than many a history.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut checks = Checks::default();
    for seed in seeds {
        play(World::new(seed, way, &http).await, &mut checks).await;
    }
    // Guards against a comparison of nothing.
    let Checks { entries, hidden, ended, delivered } = checks;
    assert!(entries > histories * 100 && hidden > histories * 10 && ended * 10 > histories, "{checks:?}");
    assert!(delivered > histories, "{checks:?}");
    eprintln!("{histories} histories {way:?}: {checks:?}");
}

async fn play(mut world: World, checks: &mut Checks) {
    for _ in 0..STEPS {
        let (before, act) = (world.model.clone(), world.draw());
        let held = world.hold(&act).await;
        world.step(&act).await;
        world.end(held, &before, checks).await;
        world.look(&act, checks).await;
    }
    world.look_at_everything(checks).await;
    world.check_deliveries(checks).await;
    world.close().await;
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
