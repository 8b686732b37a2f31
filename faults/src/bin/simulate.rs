//! `simulate`: runs seeds of the deterministic simulation and reports those that broke a promise.

#![expect(clippy::print_stdout, reason = "a command speaks on its standard output")]

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Parser;
use holdline_faults::simulation::{SimulationReport, run_seed};

/// Simulate server, network, publishers and subscribers in virtual time, decided by a seed
#[derive(Parser)]
struct Options {
    /// Run one seed twice and print every event
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,

    /// Run these seeds
    #[arg(long, value_name = "FROM..TO", value_parser = range, default_value = "0..1000")]
    seeds: Range<u64>,
}

fn range(text: &str) -> anyhow::Result<Range<u64>> {
    let (from, to) = text.split_once("..").context("two numbers with `..` between them")?;
    Ok(from.parse()?..to.parse()?)
}

fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    match options.seed {
        Some(seed) => one(seed),
        None => many(options.seeds),
    }
}

fn one(seed: u64) -> anyhow::Result<ExitCode> {
    let (report, again) = (run_seed(seed, None)?, run_seed(seed, None)?);
    for line in &report.lines {
        println!("{line}");
    }
    println!("{report}");
    if report.digest != again.digest {
        bail!("played again, the same seed was another run: {again}");
    }
    Ok(code(report.is_good()))
}

fn many(seeds: Range<u64>) -> anyhow::Result<ExitCode> {
    let begin = Instant::now();
    let (mut played, mut broken, mut deliveries, mut acknowledged) = (0_u32, Vec::new(), 0, 0);
    let (mut told, mut removals) = (0, 0);
    for seed in seeds {
        let report = run_seed(seed, None)?;
        played += 1;
        deliveries += report.deliveries;
        acknowledged += report.acknowledged;
        told += report.told;
        removals += report.removals;
        if !report.is_good() {
            print_broken(&report);
            broken.push(seed);
        }
    }
    let took = begin.elapsed().as_secs_f64();
    println!(
        "{played} seeds in {took:.1} s ({:.0} a second): {acknowledged} acknowledged publishes, {deliveries} \
         deliveries; {told} entries of a private room told over {removals} removals; broken: {}",
        f64::from(played) / took,
        broken.len(),
    );
    Ok(code(broken.is_empty()))
}

fn print_broken(report: &SimulationReport) {
    println!(
        "{report}\n  again: cargo run --release -p holdline_faults --bin simulate -- --seed {}",
        report.seed
    );
}

fn code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
