//! The report on standard output: seed, counts and findings of each round, and how to repeat one.

#![expect(clippy::print_stdout, reason = "the report is the result")]

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum as _;

use crate::checker::{Findings, Violation};
use crate::options::Options;

/// The result of a round.
pub(crate) enum RoundResult {
    /// The round ran.
    Ran(Findings),
    /// The machine lacks a requirement: which one, and how to install it.
    Skipped(String),
}

/// A round with its result, one row of the table.
pub(crate) struct RoundReport {
    pub(crate) name: &'static str,
    pub(crate) result: Result<RoundResult>,
    pub(crate) took: Duration,
}

/// The results so far.
pub(crate) struct Report {
    seed: u64,
    is_short: bool,
    /// The flag that closes the door.
    door: String,
    rounds: Vec<RoundReport>,
}

impl Report {
    /// Prints the seed first, so that it is known even if the run is aborted.
    pub(crate) fn begin(options: &Options) -> Self {
        println!("seed {}", options.seed);
        let name = options.door.and_then(|door| Some(door.to_possible_value()?.get_name().to_owned()));
        let door = name.map_or_else(String::new, |name| format!(" --door {name}"));
        Self { seed: options.seed, is_short: options.short, door, rounds: Vec::new() }
    }

    /// Prints the next round.
    pub(crate) fn announce(name: &str, about: &str) {
        println!("round {name}: {about}");
    }

    /// Prints an observation.
    pub(crate) fn note(text: &str) {
        println!("  {text}");
    }

    /// Prints and stores the result of a round, with details of failures.
    pub(crate) fn add(&mut self, round: RoundReport) {
        match &round.result {
            Ok(RoundResult::Ran(findings)) => {
                println!(
                    "  {} deliveries to {} readers in {:.1} s",
                    findings.deliveries,
                    findings.readers,
                    round.took.as_secs_f64()
                );
                for (wrong, example) in findings.examples() {
                    println!("  {}: {example}", wrong.title());
                }
            }
            Ok(RoundResult::Skipped(why)) => println!("  skipped: {why}"),
            Err(error) => println!("  failed: {error:#}"),
        }
        self.rounds.push(round);
    }

    /// Prints the table; returns whether all rounds are good.
    pub(crate) fn end(self) -> bool {
        println!("\n{}", Self::head());
        for round in &self.rounds {
            println!("{}", round.row());
        }
        let sum = |count: fn(&Findings) -> usize| -> usize { self.findings().map(count).sum() };
        println!(
            "\n{} deliveries checked, {} publishes acknowledged, {} faults, seed {}",
            sum(|findings| findings.deliveries),
            sum(|findings| findings.acknowledged),
            sum(|findings| findings.faults),
            self.seed
        );
        let failed: Vec<_> = self.rounds.iter().filter(|round| !round.is_good()).collect();
        for round in &failed {
            let short = if self.is_short { " --short" } else { "" };
            let (seed, door) = (self.seed, &self.door);
            println!("to repeat: cargo xtask faults --seed {seed} --round {}{short}{door}", round.name);
        }
        let skipped =
            self.rounds.iter().filter(|round| matches!(round.result, Ok(RoundResult::Skipped(_)))).count();
        let text = if failed.is_empty() { "nothing lost, nothing twice" } else { "THE PROMISE WAS BROKEN" };
        println!("{text}{}", if skipped > 0 { format!("; {skipped} rounds skipped") } else { String::new() });
        failed.is_empty()
    }

    fn findings(&self) -> impl Iterator<Item = &Findings> {
        self.rounds.iter().filter_map(|round| match &round.result {
            Ok(RoundResult::Ran(findings)) => Some(findings),
            _ => None,
        })
    }

    fn head() -> String {
        let violations: Vec<_> = Violation::ALL.iter().map(|wrong| wrong.title()).collect();
        format!(
            "{:<13} {:>8} {:>6} {:>8} {:>7} {:>7} {:>10}  {}  verdict",
            "round",
            "took s",
            "faults",
            "failures",
            "acked",
            "stored",
            "deliveries",
            violations.join("  ")
        )
    }
}

impl RoundReport {
    fn is_good(&self) -> bool {
        match &self.result {
            Ok(RoundResult::Ran(findings)) => findings.is_clean(),
            Ok(RoundResult::Skipped(_)) => true,
            Err(_) => false,
        }
    }

    fn row(&self) -> String {
        let Self { name, result, took } = self;
        let findings = match result {
            Ok(RoundResult::Ran(findings)) => findings,
            Ok(RoundResult::Skipped(_)) => return format!("{name:<13} skipped"),
            Err(_) => return format!("{name:<13} {:>8.1} FAILED to run", took.as_secs_f64()),
        };
        let counts: Vec<_> = Violation::ALL
            .iter()
            .map(|&w| format!("{:>width$}", findings.count(w), width = w.title().len()))
            .collect();
        format!(
            "{name:<13} {:>8.1} {:>6} {:>8} {:>7} {:>7} {:>10}  {}  {}",
            took.as_secs_f64(),
            findings.faults,
            findings.failures,
            findings.acknowledged,
            findings.stored,
            findings.deliveries,
            counts.join("  "),
            if findings.is_clean() { "good" } else { "WRONG" }
        )
    }
}
