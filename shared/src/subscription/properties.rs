//! What the machine never does, whatever happens to it in whatever order: random events against a small honest server,
//! whose answers arrive late, repeated and out of order.

mod world;

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::Config;

use self::world::World;
use super::Event;
use crate::{Problem, ProblemCode};

/// One thing that happens; numbers pick among what there is.
#[derive(Debug, Clone)]
enum Move {
    /// The log grows; it may skip.
    Append { skip: u64 },
    /// The log is another one from now on.
    Replace,
    /// The server answers one of the polls it got, at most `most` entries of it; the answer stays on its way.
    Serve { poll: usize, most: usize, wait: u64, presence: bool },
    /// An answer that is on its way arrives; it may arrive again later.
    Arrive { answer: usize },
    /// History has been fetched.
    Repair,
    /// Anything else that a driver can say, whether it fits or not.
    Say(Event),
}

fn said() -> impl Strategy<Value = Event> {
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
        1 => Just(Event::Leapt),
    ]
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0..3u64).prop_map(|skip| Move::Append { skip }),
        1 => Just(Move::Replace),
        6 => (0..4usize, 1..5usize, 0..200u64, any::<bool>())
            .prop_map(|(poll, most, wait, presence)| Move::Serve { poll, most, wait, presence }),
        8 => (0..6usize).prop_map(|answer| Move::Arrive { answer }),
        3 => Just(Move::Repair),
        6 => said().prop_map(Move::Say),
    ]
}

/// Mostly moments, at times the length of a hold, seldom a night; and a clock that now and then goes back.
fn pauses() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 0.0..1.0f64, 3 => 1.0..40.0f64, 1 => 40.0..40_000.0f64, 1 => -30.0..0.0f64]
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn whatever_happens(
        hold in 0..150u64,
        moves in prop::collection::vec((moves(), pauses(), 0.0..=1.0f64), 1..120),
    ) {
        let mut world = World::new(hold);
        for (what, pause, dice) in moves {
            let now = world.now.as_secs_f64() + pause;
            world.now = Duration::from_secs_f64(now.max(0.0));
            world.make(what, dice);
        }
        prop_assert!(world.settle() <= 20);
    }
}
