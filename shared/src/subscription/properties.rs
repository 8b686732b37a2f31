//! Property tests: the machine's invariants under random events and a small correct server, whose answers arrive late,
//! repeated and out of order.

mod operation;
mod world;

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::Config;

use self::operation::Operation;
use self::world::World;
use super::Event;
use crate::{Problem, ProblemCode};

fn driver_events() -> impl Strategy<Value = Event> {
    let refusal = (
        prop::sample::select(vec![400, 401, 403, 404, 408, 410, 429, 500, 502, 503, 504]),
        prop::option::of(prop::sample::select(ProblemCode::ALL.to_vec())),
        prop::option::of(0..1000u64),
    );
    prop_oneof![
        4 => Just(Event::Failed { why: "broken".to_owned() }),
        4 => Just(Event::Woke),
        2 => Just(Event::Renewed),
        2 => refusal.prop_map(|(status, code, retry)| Event::Refused {
            status,
            problem: code.map(|code| Problem::new(code, "because")),
            retry_after: retry.map(Duration::from_secs),
        }),
        1 => Just(Event::Start),
        1 => Just(Event::TimedOut),
        1 => Just(Event::Hurry),
        1 => Just(Event::Online),
        1 => Just(Event::Offline),
        1 => Just(Event::Suspended),
    ]
}

fn operations() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => (0..3u64).prop_map(|skip| Operation::Append { skip }),
        1 => Just(Operation::Replace),
        6 => (0..4usize, 1..5usize, 0..200u64, any::<bool>())
            .prop_map(|(poll, most, wait, presence)| Operation::Serve { poll, most, wait, presence }),
        8 => (0..6usize).prop_map(|answer| Operation::Arrive { answer }),
        3 => Just(Operation::Repair),
        6 => driver_events().prop_map(Operation::Report),
    ]
}

/// Time steps in seconds: mostly short, at times the length of a hold, rarely a night, and sometimes negative.
fn pauses() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 0.0..1.0f64, 3 => 1.0..40.0f64, 1 => 40.0..40_000.0f64, 1 => -30.0..0.0f64]
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn random_events_keep_every_invariant(
        hold in 0..150u64,
        operations in prop::collection::vec((operations(), pauses(), 0.0..=1.0f64), 1..120),
    ) {
        let mut world = World::new(hold);
        for (operation, pause, jitter) in operations {
            let now = world.now.as_secs_f64() + pause;
            world.now = Duration::from_secs_f64(now.max(0.0));
            world.apply(operation, jitter);
        }
        prop_assert!(world.settle() <= 20);
    }
}
