//! Cost per subscriber and per delivery while subscribers, rooms or history grow; a flat figure scales.

use anyhow::Result;

use super::definition::{Case, Column, Sample, Scenario, grouped, plain};
use super::environment::{Environment, FIRST, TEXT};
use super::extent::Extent;
use crate::load::PublishRate;
use crate::peer::is_durable;

pub(super) const GROWTH: Scenario = Scenario {
    name: "growth",
    about: "more subscribers, more rooms, more history: what one subscriber and one delivery cost",
    columns: COLUMNS,
    variants: &[("holdline", "holdline:anonymous")],
    only: &["holdline", "baseline"],
    cases,
    measure,
};

const COLUMNS: &[Column] = &[
    plain("bytes per subscriber", 0),
    plain("CPU µs to accept and hold", 2),
    plain("CPU µs per delivery", 2),
    plain("p99 ms", 2),
];

/// Subscribers, where rooms or history grow.
const SUBSCRIBERS: usize = 1_000;
const DELIVERIES: usize = 50_000;
/// Publishers: so many that messages to many rooms share a group commit.
const PUBLISHERS: usize = 32;

fn cases(extent: Extent) -> Vec<Case> {
    let of = |kind: &'static str, sizes: &[usize]| {
        let case = |size: &usize| Case { label: format!("{} {kind}", grouped(*size)), size: *size, kind };
        sizes.iter().map(case).collect::<Vec<_>>()
    };
    let mut cases = of("subscribers", &[1_000, 2_000, 5_000, 10_000, 18_000]);
    cases.extend(of("rooms", &[10, 1_000, 10_000]));
    // The server's limit; the lobby is one of them.
    cases.push(Case { label: "100,000 rooms".into(), size: 99_999, kind: "rooms" });
    cases.extend(of("messages before", &[0, 100_000, 1_000_000]));
    if extent == Extent::Full {
        cases.extend(of("messages before", &[10_000_000]));
    }
    cases
}

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let (mut subscribers, mut rooms, mut log) = (SUBSCRIBERS, 1, None);
    match case.kind {
        "subscribers" => subscribers = case.size,
        "rooms" => rooms = case.size,
        _ => log = if is_durable(peer) { Some(environment.history(case.size)?) } else { None },
    }
    let mut loaded = environment.open_on(peer, rooms, TEXT, environment.server_cores, log)?;
    let load = &mut loaded.load;
    load.open_publishers(PUBLISHERS)?;
    load.open_sessions(FIRST + subscribers)?;
    load.subscribe(FIRST)?;
    load.measure(FIRST as u64, PublishRate::BackToBack)?;
    let (empty, idle) = (load.account.memory()?, load.account.cpu()?);
    load.subscribe(subscribers)?;
    let (held, busy) = (load.account.memory()?, load.account.cpu()?);
    // Each round delivers to every subscriber, in one room or in many.
    let inhabited = rooms.min(subscribers);
    let rounds = (DELIVERIES / subscribers).max(5);
    let round = load.measure_rounds(rounds as u64, inhabited as u64, PublishRate::BackToBack)?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = |value: u64| value as f64 / subscribers as f64;
    let values = [
        each(held.saturating_sub(empty)),
        each(busy - idle) / 1000.0,
        round.cpu_per_delivery(),
        round.latency(0.99),
    ];
    Ok(Sample::new(&values, load.tally()))
}
