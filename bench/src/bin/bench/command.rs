//! Parses the command line and hands over.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use holdline_bench::{Orders, Task};

/// Measures Holdline beside its peers.
#[derive(Parser)]
#[command(name = "bench", max_term_width = 100)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Arguments {
    /// What to measure [default: all, and docs/PERFORMANCE.md is written anew]
    #[arg(value_name = "SCENARIO", value_parser = clap::builder::PossibleValuesParser::new(holdline_bench::names()))]
    scenarios: Vec<String>,

    /// Whom to measure, such as holdline, holdline:anonymous, holdline:memory, holdline:plain, floor, floor:2ms, floor:lossy, nchan,
    /// nchan:multipart, nchan:default, node, engineio [default: holdline,floor,nchan,node]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    peers: Vec<String>,

    /// How often, in turns
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    runs: usize,

    /// The guard: less than two minutes, compared with bench/expected.json
    #[arg(long)]
    quick: bool,

    /// Keep the guard's figures as those to compare with
    #[arg(long, requires = "quick")]
    accept: bool,

    /// Histories of ten million messages too
    #[arg(long)]
    full: bool,

    /// Measure nothing; write the figures of the last runs into docs/PERFORMANCE.md
    #[arg(long)]
    write: bool,

    /// The server to measure
    #[arg(long, env = "HOLDLINE_BIN", value_name = "FILE", default_value = "target/release/holdline")]
    program: PathBuf,
}

impl Arguments {
    fn task(&self) -> Task {
        match self {
            Self { write: true, .. } => Task::Write,
            Self { accept: true, .. } => Task::Accept,
            Self { quick: true, .. } => Task::Guard,
            Self { full: true, .. } => Task::MeasureFully,
            _ => Task::Measure,
        }
    }
}

/// Obeys, and answers how it ends.
pub(crate) fn run() -> ExitCode {
    match obey(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            holdline_bench::say_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: Arguments) -> Result<bool> {
    let task = arguments.task();
    let Arguments { scenarios, peers, runs, program, .. } = arguments;
    ctrlc::set_handler(holdline_bench::interrupt)?;
    let program = std::path::absolute(program)?;
    let orders = Orders { program, scenarios, peers, runs: runs.max(1), task };
    holdline_bench::run(&orders)
}
