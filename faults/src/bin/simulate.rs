//! `simulate`: plays seeds of the deterministic simulation, and says which of them broke a promise.

#![expect(clippy::print_stdout, reason = "a command speaks on its standard output")]

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Parser;
use holdline_faults::simulation::{Verdict, play};

/// Server, network, publishers and subscribers in virtual time, decided by a seed.
#[derive(Parser)]
struct Options {
    /// Play one seed, twice, and show everything that happens
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,

    /// Play these seeds
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
    let (verdict, again) = (play(seed, None)?, play(seed, None)?);
    for line in &verdict.lines {
        println!("{line}");
    }
    println!("{verdict}");
    if verdict.digest != again.digest {
        bail!("played again, the same seed was another run: {again}");
    }
    Ok(code(verdict.is_good()))
}

fn many(seeds: Range<u64>) -> anyhow::Result<ExitCode> {
    let begin = Instant::now();
    let (mut played, mut broken, mut deliveries, mut acknowledged) = (0_u32, Vec::new(), 0, 0);
    for seed in seeds {
        let verdict = play(seed, None)?;
        played += 1;
        deliveries += verdict.deliveries;
        acknowledged += verdict.acknowledged;
        if !verdict.is_good() {
            report(&verdict);
            broken.push(seed);
        }
    }
    let took = begin.elapsed().as_secs_f64();
    println!(
        "{played} seeds in {took:.1} s ({:.0} a second): {acknowledged} acknowledged publishes, {deliveries} \
         deliveries; broken: {}",
        f64::from(played) / took,
        broken.len(),
    );
    Ok(code(broken.is_empty()))
}

fn report(verdict: &Verdict) {
    println!(
        "{verdict}\n  again: cargo run --release -p holdline_faults --bin simulate -- --seed {}",
        verdict.seed
    );
}

fn code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
