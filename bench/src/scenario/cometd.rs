//! The shape that `CometD` publishes figures for: 1,000 clients in 100 rooms of 10, 50-byte messages. Its figures were
//! taken with the clients on other machines; these with everything on one.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::Environment;
use crate::load::PublishRate;
use crate::process::as_float;

pub(super) const COMETD: Scenario = Scenario {
    name: "cometd",
    about: "CometD's chat: 1,000 clients, 100 rooms of 10, 50-byte messages, at 80,000 deliveries/s",
    columns: COLUMNS,
    variants: &[
        ("holdline", "holdline:anonymous"),
        ("holdline", "holdline:memory"),
        ("nchan", "nchan:multipart"),
    ],
    only: &[],
    cases: |_| Case::sizes(&[1_000], "clients"),
    measure,
};

const COLUMNS: &[Column] = &[
    compared("deliveries/s", 0),
    compared("p50 ms", 2),
    compared("p99 ms", 2),
    plain("max ms", 2),
    plain("CPU µs per delivery", 2),
    plain("generator µs", 2),
];

const ROOMS: usize = 100;
const TEXT: usize = 50;
/// Messages a second; times ten members a little more than `CometD`'s 78,211 deliveries.
const RATE: u32 = 8_000;
const SECONDS: u64 = 8;
/// Publishers: enough that none waits for another.
const PUBLISHERS: usize = 200;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, ROOMS, TEXT)?;
    let load = &mut loaded.load;
    load.open_publishers(PUBLISHERS)?;
    load.subscribe(case.size)?;
    load.measure(u64::from(RATE / 4), PublishRate::PerSecond(RATE / 4))?;
    let round = load.measure(environment.of(2, SECONDS) * u64::from(RATE), PublishRate::PerSecond(RATE))?;
    let values = [
        as_float(round.delivered) / round.delivering,
        round.latency(0.5),
        round.latency(0.99),
        round.longest(),
        round.cpu_per_delivery(),
        round.own_per_delivery(),
    ];
    Ok(Sample::new(&values, load.tally()))
}
