//! What is said to the person in front of it: seed, counts and verdict of each round, and how to repeat one.

#![expect(clippy::print_stdout, reason = "the report is the result")]

use std::time::Duration;

use anyhow::Result;

use crate::checker::{Verdict, Wrong};
use crate::orders::Orders;
use crate::rounds::Outcome;

/// A round's line.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) outcome: Result<Outcome>,
    pub(crate) took: Duration,
}

/// All lines so far.
pub(crate) struct Report {
    seed: u64,
    is_short: bool,
    lines: Vec<Line>,
}

impl Report {
    /// Says the seed first, so that it is known whatever happens.
    pub(crate) fn begin(orders: &Orders) -> Self {
        println!("seed {}", orders.seed);
        Self { seed: orders.seed, is_short: orders.short, lines: Vec::new() }
    }

    /// Says what comes.
    pub(crate) fn announce(name: &str, about: &str) {
        println!("round {name}: {about}");
    }

    /// Says something that is worth knowing, right or wrong.
    pub(crate) fn note(words: &str) {
        println!("  {words}");
    }

    /// Says what came of a round, and in detail if it was not good.
    pub(crate) fn add(&mut self, line: Line) {
        match &line.outcome {
            Ok(Outcome::Ran(verdict)) => {
                println!(
                    "  {} deliveries to {} readers in {:.1} s",
                    verdict.deliveries,
                    verdict.readers,
                    line.took.as_secs_f64()
                );
                for (wrong, example) in verdict.examples() {
                    println!("  {}: {example}", wrong.title());
                }
            }
            Ok(Outcome::Skipped(why)) => println!("  skipped: {why}"),
            Err(error) => println!("  failed: {error:#}"),
        }
        self.lines.push(line);
    }

    /// Prints the table; answers whether all is well.
    pub(crate) fn end(self) -> bool {
        println!("\n{}", Self::head());
        for line in &self.lines {
            println!("{}", line.row());
        }
        let sum = |count: fn(&Verdict) -> usize| -> usize { self.verdicts().map(count).sum() };
        println!(
            "\n{} deliveries checked, {} publishes acknowledged, {} faults, seed {}",
            sum(|verdict| verdict.deliveries),
            sum(|verdict| verdict.acknowledged),
            sum(|verdict| verdict.faults),
            self.seed
        );
        let failed: Vec<_> = self.lines.iter().filter(|line| !line.is_good()).collect();
        for line in &failed {
            let short = if self.is_short { " --short" } else { "" };
            println!("to repeat: cargo xtask faults --seed {} --round {}{short}", self.seed, line.name);
        }
        let skipped =
            self.lines.iter().filter(|line| matches!(line.outcome, Ok(Outcome::Skipped(_)))).count();
        let words = if failed.is_empty() { "nothing lost, nothing twice" } else { "THE PROMISE WAS BROKEN" };
        println!(
            "{words}{}",
            if skipped > 0 { format!("; {skipped} rounds skipped") } else { String::new() }
        );
        failed.is_empty()
    }

    fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.lines.iter().filter_map(|line| match &line.outcome {
            Ok(Outcome::Ran(verdict)) => Some(verdict),
            _ => None,
        })
    }

    fn head() -> String {
        let wrongs: Vec<_> = Wrong::ALL.iter().map(|wrong| wrong.title()).collect();
        format!(
            "{:<13} {:>8} {:>6} {:>8} {:>7} {:>7} {:>10}  {}  verdict",
            "round",
            "took s",
            "faults",
            "troubles",
            "acked",
            "stored",
            "deliveries",
            wrongs.join("  ")
        )
    }
}

impl Line {
    fn is_good(&self) -> bool {
        match &self.outcome {
            Ok(Outcome::Ran(verdict)) => verdict.is_clean(),
            Ok(Outcome::Skipped(_)) => true,
            Err(_) => false,
        }
    }

    fn row(&self) -> String {
        let Self { name, outcome, took } = self;
        let verdict = match outcome {
            Ok(Outcome::Ran(verdict)) => verdict,
            Ok(Outcome::Skipped(_)) => return format!("{name:<13} skipped"),
            Err(_) => return format!("{name:<13} {:>8.1} FAILED to run", took.as_secs_f64()),
        };
        let counts: Vec<_> = Wrong::ALL
            .iter()
            .map(|&w| format!("{:>width$}", verdict.count(w), width = w.title().len()))
            .collect();
        format!(
            "{name:<13} {:>8.1} {:>6} {:>8} {:>7} {:>7} {:>10}  {}  {}",
            took.as_secs_f64(),
            verdict.faults,
            verdict.troubles,
            verdict.acknowledged,
            verdict.stored,
            verdict.deliveries,
            counts.join("  "),
            if verdict.is_clean() { "good" } else { "WRONG" }
        )
    }
}
