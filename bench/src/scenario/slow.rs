//! People talk while strangers hold connections by being slow. Measures the delay from publish to delivery at rest, and
//! beside them.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, plain};
use super::environment::{Environment, TEXT};
use crate::load::PublishRate;
use crate::process::as_float;
use crate::slow_clients::SlowClients;

pub(super) const SLOW: Scenario = Scenario {
    name: "slow",
    about: "publish to deliver for 1,000 people in 20 rooms, at rest and beside slow clients",
    columns: COLUMNS,
    variants: &[("holdline", "holdline:plain")],
    only: &["holdline"],
    cases: |_| Case::sizes(&[5_000], "slow clients"),
    measure,
};

const COLUMNS: &[Column] = &[
    plain("p50 ms at rest", 2),
    plain("p50 ms beside", 2),
    plain("p99 ms at rest", 2),
    plain("p99 ms beside", 2),
    plain("max ms beside", 2),
    plain("clients that the server ended", 0),
];

const PEOPLE: usize = 1_000;
const ROOMS: usize = 20;
/// Messages a second: each person writes every twenty seconds.
const RATE: u32 = 50;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, ROOMS, TEXT)?;
    let load = &mut loaded.load;
    load.open_publishers(8)?;
    load.subscribe(PEOPLE)?;
    // Pages of history for those who do not read.
    load.measure(2_000, PublishRate::BackToBack)?;
    let messages = environment.of(500, 3_000);
    let rest = load.measure(messages, PublishRate::PerSecond(RATE))?;
    let slow = SlowClients::open(load.peer.running.address, case.size)?;
    let beside = load.measure_amid_others(messages, PublishRate::PerSecond(RATE))?;
    let values = [
        rest.latency(0.5),
        beside.latency(0.5),
        rest.latency(0.99),
        beside.latency(0.99),
        beside.longest(),
        as_float(slow.replaced()),
    ];
    Ok(Sample::new(&values, load.tally()))
}
