//! A quiet room: a hundred subscribers, two hundred messages a second, at a fixed rate. Measures
//! the delay from publish to delivery.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::{Environment, TEXT};
use crate::disk;
use crate::load::PublishRate;
use crate::peer::is_durable;

pub(super) const LATENCY: Scenario = Scenario {
    name: "latency",
    about: "publish to deliver at 200 messages/s, 100 subscribers",
    columns: COLUMNS,
    variants: &[("holdline", "holdline:memory")],
    only: &[],
    cases: |_| Case::sizes(&[100], "subscribers"),
    measure,
};

const COLUMNS: &[Column] = &[
    compared("p50 ms", 2),
    compared("p99 ms", 2),
    plain("max ms", 2),
    plain("fsync p50 ms", 2),
    plain("fsync p99 ms", 2),
    plain("CPU µs per delivery", 2),
    plain("generator µs", 2),
];

const RATE: u32 = 200;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, 1, TEXT)?;
    let sync = if is_durable(peer) { disk::sync_time(loaded.folder.path())? } else { (f64::NAN, f64::NAN) };
    let load = &mut loaded.load;
    load.open_publishers(8)?;
    load.subscribe(case.size)?;
    load.measure(50, PublishRate::PerSecond(RATE))?;
    let round = load.measure(environment.of(400, 2_000), PublishRate::PerSecond(RATE))?;
    let values = [
        round.latency(0.5),
        round.latency(0.99),
        round.longest(),
        sync.0,
        sync.1,
        round.cpu_per_delivery(),
        round.own_per_delivery(),
    ];
    Ok(Sample::new(&values, load.tally()))
}
