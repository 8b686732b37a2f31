//! The cost of a held poll without messages: memory, the CPU to accept and hold the poll, and memory again after one
//! response and the next poll.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::{Environment, FIRST, TEXT};
use super::extent::Extent;
use crate::load::PublishRate;

pub(super) const HOLD: Scenario = Scenario {
    name: "hold",
    about: "held polls: bytes, and CPU to accept and hold one",
    columns: COLUMNS,
    variants: VARIANTS,
    only: &[],
    cases: |extent| match extent {
        Extent::Quick => Case::sizes(&[2_000], "held"),
        _ => Case::sizes(&[1_000, 10_000, 18_000], "held"),
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
    plain("bytes per held poll", 0),
    plain("bytes after a delivery", 0),
    compared("CPU µs to accept and hold", 2),
    plain("generator µs", 2),
];

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let mut loaded = environment.open(peer, 1, TEXT)?;
    let load = &mut loaded.load;
    load.open_publishers(1)?;
    load.open_sessions(FIRST + case.size)?;
    load.subscribe(FIRST)?;
    load.measure(1, PublishRate::BackToBack)?;
    let (empty, idle) = (load.account.memory()?, load.account.cpu()?);
    let own = load.subscribe(case.size)?;
    let (held, busy) = (load.account.memory()?, load.account.cpu()?);
    load.measure(1, PublishRate::BackToBack)?;
    let after = load.account.memory()?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = |value: u64| value as f64 / case.size as f64;
    let values = [
        each(held.saturating_sub(empty)),
        each(after.saturating_sub(empty)),
        each(busy - idle) / 1000.0,
        each(own) / 1000.0,
    ];
    Ok(Sample::new(&values, load.tally()))
}
