//! The highest rate of deliveries, with one core for the server and with all: 1,000 subscribers in 100 rooms. The generator
//! needs one of the cores, too, so the rate with all cores is computed from the cost of a delivery.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, compared, plain};
use super::environment::{Environment, TEXT};
use crate::load::PublishRate;
use crate::process::as_float;

pub(super) const CORES: Scenario = Scenario {
    name: "cores",
    about: "as many deliveries as go: 1,000 subscribers in 100 rooms, the server on one core and on all",
    columns: COLUMNS,
    variants: &[("holdline", "holdline:memory")],
    only: &[],
    cases: |_| {
        let case = |size, label: &str| Case { label: label.to_owned(), size, kind: "" };
        vec![case(1, "one core"), case(2, "all cores, shared with the generator")]
    },
    measure,
};

const COLUMNS: &[Column] = &[
    compared("deliveries/s", 0),
    plain("CPU µs per delivery", 2),
    plain("cores used by the server", 2),
    plain("deliveries/s, computed: cores ÷ CPU", 0),
    plain("messages per response", 2),
    plain("generator µs", 2),
];

const SUBSCRIBERS: usize = 1_000;
const ROOMS: usize = 100;
const PUBLISHERS: usize = 200;
const MESSAGES: u64 = 40_000;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let cores = if case.size == 1 { environment.server_cores } else { environment.all_cores };
    // The others have one thread.
    let many = peer.starts_with("holdline") || peer.starts_with("nchan");
    let usable = if many { cores.len() } else { 1 };
    let mut loaded = environment.open_on(peer, ROOMS, TEXT, cores, None)?;
    let load = &mut loaded.load;
    load.open_publishers(PUBLISHERS)?;
    load.subscribe(SUBSCRIBERS)?;
    load.measure(2_000, PublishRate::BackToBack)?;
    let round = load.measure(environment.of(MESSAGES / 8, MESSAGES), PublishRate::BackToBack)?;
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let capacity = usable as f64 * 1e6 / round.cpu_per_delivery();
    let values = [
        as_float(round.delivered) / round.delivering,
        round.cpu_per_delivery(),
        as_float(round.server_cpu) / 1e9 / round.delivering,
        capacity,
        round.per_answer(),
        round.own_per_delivery(),
    ];
    Ok(Sample::new(&values, load.tally()))
}
