//! Joining a room with a long history: the last page, and the first poll from its cursor.

use std::time::Instant;

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;

use super::definition::{Case, Column, Sample, Scenario, plain};
use super::environment::{Environment, TEXT};
use super::extent::Extent;
use crate::blocking::BlockingConn;
use crate::ledger::Tally;
use crate::process::as_float;
use crate::response::last_quoted;

pub(super) const JOIN: Scenario = Scenario {
    name: "join",
    about: "joining a room with a history: its last page, then a poll",
    columns: COLUMNS,
    variants: &[],
    only: &["holdline"],
    cases: |extent| match extent {
        Extent::Full => Case::sizes(&[0, 1_000, 100_000, 1_000_000, 10_000_000], "messages before"),
        _ => Case::sizes(&[0, 1_000, 100_000, 1_000_000], "messages before"),
    },
    measure,
};

const COLUMNS: &[Column] =
    &[plain("p50 ms", 3), plain("p99 ms", 3), plain("CPU µs per join", 1), plain("ms from start to open", 0)];

const JOINS: u64 = 500;
/// A minute, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

fn measure(environment: &Environment<'_>, case: &Case, peer: &str) -> Result<Sample> {
    let log = environment.history(case.size)?;
    let start = Instant::now();
    let mut loaded = environment.open_on(peer, 1, TEXT, environment.server_cores, Some(log))?;
    let opening = start.elapsed().as_secs_f64() * 1e3;
    let load = &mut loaded.load;
    let mut conn = BlockingConn::open(load.peer.running.address)?;
    let mut times = Histogram::<u64>::new_with_bounds(1, LONGEST, 3)?;
    join(&mut conn)?;
    load.account.settle()?;
    let before = load.account.cpu()?;
    for _ in 0..JOINS {
        let start = Instant::now();
        join(&mut conn)?;
        times.saturating_record(u64::try_from(start.elapsed().as_nanos())?);
    }
    load.account.settle()?;
    let spent = load.account.cpu()? - before;
    let at = |quantile| as_float(times.value_at_quantile(quantile)) / 1e6;
    let values = [at(0.5), at(0.99), as_float(spent) / as_float(JOINS) / 1e3, opening];
    Ok(Sample::new(&values, Tally::default()))
}

fn join(conn: &mut BlockingConn) -> Result<()> {
    let page = "GET /api/v1/rooms/r0/messages?limit=50 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let cursor = conn.request(page.as_bytes(), |response| {
        last_quoted(response.body, b"\"cursor\":\"").map(<[u8]>::to_vec)
    })?;
    let cursor = String::from_utf8(cursor.context("a page without a cursor")?)?;
    let poll = format!("GET /api/v1/poll?room=r0&after={cursor}&wait=0 HTTP/1.1\r\nhost: localhost\r\n\r\n");
    conn.request(poll.as_bytes(), |_| ())
}
