//! `faults`: parses the command line and runs the rounds. `cargo xtask faults` builds the server and starts this
//! program.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use holdline_faults::{ClosedDoor, Options};

/// Breaks Holdline on purpose and checks that it keeps its promise.
#[derive(Parser)]
#[command(name = "faults", max_term_width = 100)]
struct Arguments {
    /// The executable to test
    #[arg(long, env = "HOLDLINE_BIN", value_name = "FILE", default_value = "target/release/holdline")]
    program: PathBuf,

    /// Seed of all random decisions [default: a new one for each run]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Run this round; give it again for more [default: all]
    #[arg(long = "round", value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(holdline_faults::names()))]
    rounds: Vec<String>,

    /// Run few faults: about three minutes for all rounds
    #[arg(long)]
    short: bool,

    /// Close the door: everybody signs in, and most rooms are private [default: open]
    #[arg(long, value_name = "DOOR")]
    door: Option<ClosedDoor>,

    /// Check at least this many deliveries, over all rounds [default: 1000000, or 50000 with --short]
    #[arg(long, value_name = "NUMBER")]
    deliveries: Option<usize>,
}

fn main() -> Result<ExitCode> {
    let Arguments { program, seed, rounds, short, door, deliveries } = Arguments::parse();
    // Short seeds, because people copy them by hand.
    let seed = seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let deliveries = deliveries.unwrap_or(if short { 50_000 } else { 1_000_000 });
    let options = Options { program, seed, rounds, short, door, deliveries };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let is_clean = runtime.block_on(async {
        tokio::select! {
            is_clean = holdline_faults::run(&options) => is_clean,
            // Dropping the run ends its processes and unmounts its disk.
            _ = tokio::signal::ctrl_c() => Ok(false),
        }
    })?;
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
