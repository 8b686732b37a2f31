//! Publishes single messages to everyone in a room, each from idle to idle: measures the cost of a delivery
//! with the poll that follows, and the delay up to the last subscriber.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::{Environment, TEXT};
use super::extent::Extent;
use crate::load::PublishRate;

pub(super) const FANOUT: Scenario = Scenario {
    name: "fanout",
    about: "one message to a room: CPU for each delivery and the poll that follows, and delay",
    columns: COLUMNS,
    variants: VARIANTS,
    only: &[],
    cases: |extent| match extent {
        Extent::Quick => Case::sizes(&[1_000], "subscribers"),
        _ => Case::sizes(&[1_000, 10_000], "subscribers"),
    },
    measure,
};

const VARIANTS: &[(&str, &str)] = &[
    ("holdline", "holdline:anonymous"),
    ("holdline", "holdline:members"),
    ("holdline", "holdline:plain"),
    ("holdline", "holdline:plain-anonymous"),
];

const COLUMNS: &[Column] = &[
    compared("CPU µs per delivery", 2),
    compared("p50 ms", 2),
    compared("p99 ms", 2),
    plain("max ms", 2),
    plain("generator µs", 2),
];

/// Deliveries in one measurement, over all rounds.
const DELIVERIES: u64 = 200_000;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, 1, TEXT)?;
    let load = &mut loaded.load;
    load.open_publishers(1)?;
    load.subscribe(case.size)?;
    load.measure_rounds(3, 1, PublishRate::BackToBack)?;
    let rounds = environment.of(DELIVERIES / 2, DELIVERIES) / case.size as u64;
    let round = load.measure_rounds(rounds, 1, PublishRate::BackToBack)?;
    let values = [
        round.cpu_per_delivery(),
        round.latency(0.5),
        round.latency(0.99),
        round.longest(),
        round.own_per_delivery(),
    ];
    Ok(Sample::new(&values, load.tally()))
}
