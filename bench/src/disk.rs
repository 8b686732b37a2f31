//! Measures the disk alone: how often a second a small write becomes durable.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hdrhistogram::Histogram;

use crate::process::as_float;

/// A record about as long as a message with its columns.
const RECORD: [u8; 150] = [b'x'; 150];
const LONG_ENOUGH: Duration = Duration::from_secs(1);
/// A minute, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// Appends and syncs one record after the other for a second, in this folder. Returns how long each took, in
/// nanoseconds.
fn sync_alone(folder: &Path) -> Result<Histogram<u64>> {
    let mut file = File::create(folder.join("one-by-one")).context("cannot write to the disk")?;
    let mut times = Histogram::new_with_bounds(1, LONGEST, 3)?;
    let start = Instant::now();
    while start.elapsed() < LONG_ENOUGH {
        let before = Instant::now();
        file.write_all(&RECORD)?;
        file.sync_data()?;
        times.saturating_record(u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    Ok(times)
}

/// Counts durable writes a second, one after the other.
pub(crate) fn syncs_per_second(folder: &Path) -> Result<f64> {
    Ok(as_float(sync_alone(folder)?.len()) / LONG_ENOUGH.as_secs_f64())
}

/// Median and 99th percentile of a durable write, in milliseconds.
pub(crate) fn sync_time(folder: &Path) -> Result<(f64, f64)> {
    let times = sync_alone(folder)?;
    let at = |quantile| as_float(times.value_at_quantile(quantile)) / 1e6;
    Ok((at(0.5), at(0.99)))
}
