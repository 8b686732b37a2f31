//! Twenty thousand messages as fast as thirty-two publishers can, to a hundred subscribers of one room: shows
//! whether a server gathers messages, on the disk and in its responses.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::{Environment, TEXT};
use crate::disk;
use crate::load::{PublishRate, Round};
use crate::peer::is_durable;
use crate::process::as_float;

pub(super) const BURST: Scenario = Scenario {
    name: "burst",
    about: "20,000 messages at once from 32 connections to 100 subscribers",
    columns: COLUMNS,
    variants: &[
        ("holdline", "holdline:anonymous"),
        ("holdline", "holdline:memory"),
        ("baseline", "baseline:2ms"),
        ("nchan", "nchan:multipart"),
    ],
    only: &[],
    cases: |_| Case::sizes(&[100], "subscribers"),
    measure,
};

const COLUMNS: &[Column] = &[
    compared("publishes/s acknowledged", 0),
    plain("one publisher alone, /s", 0),
    plain("× one fsync a message", 1),
    compared("CPU µs per delivered message", 3),
    plain("messages per response", 1),
    compared("p50 ms", 2),
    compared("p99 ms", 2),
    plain("generator µs", 3),
];

const MESSAGES: u64 = 20_000;
const PUBLISHERS: usize = 32;
/// Messages of the single publisher without subscribers, each after the response to the last.
const ALONE: u64 = 300;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, 1, TEXT)?;
    // On the same disk, right before: disks drift, too.
    let sync = if is_durable(peer) { disk::syncs_per_second(loaded.folder.path())? } else { f64::NAN };
    let load = &mut loaded.load;
    load.open_publishers(1)?;
    let single = load.measure(ALONE, PublishRate::BackToBack)?;
    load.open_publishers(PUBLISHERS)?;
    load.subscribe(case.size)?;
    load.measure(100, PublishRate::BackToBack)?;
    let round = load.measure(environment.of(MESSAGES / 2, MESSAGES), PublishRate::BackToBack)?;
    let rate = |round: &Round| as_float(round.published) / round.publishing;
    let rate_alone = rate(&single);
    let rate = rate(&round);
    let values = [
        rate,
        rate_alone,
        rate / sync,
        round.cpu_per_delivery(),
        round.per_answer(),
        round.latency(0.5),
        round.latency(0.99),
        round.own_per_delivery(),
    ];
    Ok(Sample::new(&values, load.tally()))
}
