//! The command line: parses, then measures or serves as the baseline.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

use crate::run::{Options, Task};
use crate::{baseline, console, interrupt, peer, run, scenario};

/// Measures Holdline beside its peers.
#[derive(Parser)]
#[command(name = "bench", max_term_width = 100)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Arguments {
    /// Scenarios to measure [default: all, and docs/PERFORMANCE.md is written anew]
    #[arg(value_name = "SCENARIO", value_parser = clap::builder::PossibleValuesParser::new(scenario::names()))]
    scenarios: Vec<String>,

    /// Servers to measure, such as holdline, holdline:anonymous, holdline:memory, holdline:plain, baseline,
    /// baseline:axum, baseline:2ms, baseline:lossy, nchan, nchan:multipart, nchan:default, node
    /// [default: holdline,baseline,nchan,node]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    peers: Vec<String>,

    /// Number of passes
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    runs: usize,

    /// Measure little, and compare with bench/expected.json
    #[arg(long)]
    quick: bool,

    /// Keep the figures of --quick as those to compare with
    #[arg(long, requires = "quick")]
    accept: bool,

    /// Also measure histories of ten million messages
    #[arg(long)]
    full: bool,

    /// Measure nothing; write the figures of the last runs into docs/PERFORMANCE.md
    #[arg(long)]
    write: bool,

    /// The server to measure
    #[arg(long, env = "HOLDLINE_BIN", value_name = "FILE", default_value = "target/release/holdline")]
    program: PathBuf,

    /// Serve as the baseline, until stopped
    #[arg(long, value_name = "ADDRESS")]
    serve_baseline: Option<SocketAddr>,

    /// Serve the baseline as an axum handler
    #[arg(long, requires = "serve_baseline", conflicts_with_all = ["coalesce_ms", "drop_every"])]
    axum: bool,

    /// Milliseconds for which the baseline waits for more messages before it responds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    coalesce_ms: u64,

    /// Lets the baseline drop every n-th message, so that the loss check has something to find
    #[arg(long, value_name = "N", default_value_t = 0)]
    drop_every: usize,
}

impl Arguments {
    fn task(&self) -> Task {
        match self {
            Self { write: true, .. } => Task::Write,
            Self { accept: true, .. } => Task::Accept,
            Self { quick: true, .. } => Task::Compare,
            Self { full: true, .. } => Task::MeasureFully,
            _ => Task::Measure,
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    match execute(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            console::note(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: Arguments) -> Result<bool> {
    let task = arguments.task();
    let Arguments { scenarios, peers, runs, program, serve_baseline, axum, coalesce_ms, drop_every, .. } =
        arguments;
    if let Some(address) = serve_baseline {
        if axum {
            return baseline::serve_with_axum(address).map(|()| true);
        }
        let window = Duration::from_millis(coalesce_ms);
        return baseline::serve(address, baseline::Options { window, drop_every }).map(|()| true);
    }
    ctrlc::set_handler(|| interrupt::interrupt(peer::stop_all))?;
    let program = std::path::absolute(program)?;
    run::run(&Options { program, scenarios, peers, runs: runs.max(1), task })
}
