//! The effect of gathering messages, from ten messages a second to the highest rate: number of responses, CPU, and delay.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, plain};
use super::environment::{Environment, TEXT};
use crate::load::PublishRate;
use crate::process::as_float;

pub(super) const CURVE: Scenario = Scenario {
    name: "curve",
    about: "gathering messages: rate against answers, CPU and delay; 100 subscribers",
    columns: COLUMNS,
    variants: &[("holdline", "holdline:memory"), ("baseline", "baseline:2ms")],
    only: &["holdline", "baseline"],
    cases: |_| {
        let case = |rate: usize| match rate {
            0 => Case { label: "as fast as it goes".into(), size: 0, kind: "" },
            rate => Case { label: format!("{} messages/s", super::grouped(rate)), size: rate, kind: "" },
        };
        [10, 100, 1_000, 5_000, 0].map(case).into()
    },
    measure,
};

const COLUMNS: &[Column] = &[
    plain("messages/s", 0),
    plain("answers/s to each", 1),
    plain("messages per response", 1),
    plain("CPU % of a core", 1),
    plain("p50 ms", 2),
    plain("p99 ms", 2),
];

const SUBSCRIBERS: usize = 100;
const PUBLISHERS: usize = 32;
const MANY_PUBLISHERS: usize = 200;
const SECONDS: usize = 3;
const AT_ONCE: u64 = 10_000;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, 1, TEXT)?;
    let load = &mut loaded.load;
    // At a fixed rate, no publisher may wait for a response; at the highest rate, publishers do nothing else.
    load.open_publishers(if case.size == 0 { PUBLISHERS } else { MANY_PUBLISHERS })?;
    load.subscribe(SUBSCRIBERS)?;
    load.measure(20, PublishRate::PerSecond(100))?;
    let round = match u32::try_from(case.size)? {
        0 => load.measure(AT_ONCE, PublishRate::BackToBack)?,
        rate => load.measure((case.size * SECONDS).max(50) as u64, PublishRate::PerSecond(rate))?,
    };
    #[expect(clippy::cast_precision_loss, reason = "a hundred")]
    let subscribers = SUBSCRIBERS as f64;
    let values = [
        as_float(round.published) / round.publishing,
        as_float(round.answers) / round.delivering / subscribers,
        round.per_answer(),
        as_float(round.server_cpu) / round.delivering / 1e7,
        round.latency(0.5),
        round.latency(0.99),
    ];
    Ok(Sample::new(&values, load.tally()))
}
