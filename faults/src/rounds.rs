//! The rounds. Each is a file and a line in [`ALL`]: what it breaks, and a function that does it and hands back a
//! verdict. Rounds with browsers are to come in the same way.

mod bench;
mod kill;
mod proxy;

use std::pin::Pin;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::checker::Verdict;
use crate::orders::Orders;
use crate::report::{Line, Report};
use bench::Bench;

/// What came of a round.
pub(crate) enum Outcome {
    /// It ran.
    Ran(Verdict),
    /// This machine lacks something; what, and how to bring it.
    Skipped(String),
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

/// A round.
struct Round {
    name: &'static str,
    about: &'static str,
    run: for<'a> fn(&'a mut Bench) -> Running<'a>,
}

const ALL: [Round; 2] = [
    Round { name: "kill", about: "the server is killed and started again", run: |b| Box::pin(kill::run(b)) },
    Round {
        name: "proxy",
        about: "a proxy that breaks requests and answers",
        run: |b| Box::pin(proxy::run(b)),
    },
];

/// The names of all rounds.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|round| round.name).collect()
}

/// Runs the rounds, prints a table, and answers whether everything was as promised.
pub async fn run(orders: &Orders) -> Result<bool> {
    ensure!(
        orders.program.is_file(),
        "{} is not there; cargo xtask faults builds it",
        orders.program.display()
    );
    let wanted =
        |round: &&Round| orders.rounds.is_empty() || orders.rounds.iter().any(|name| name == round.name);
    let rounds: Vec<_> = ALL.iter().filter(wanted).collect();
    let mut report = Report::begin(orders);
    for round in &rounds {
        report.announce(round.name, round.about);
        let begun = Instant::now();
        let mut bench = Bench::new(orders, round.name, rounds.len())?;
        let outcome = (round.run)(&mut bench).await;
        let outcome = outcome.with_context(|| format!("round {}: {}", round.name, bench.last_words()));
        report.add(Line { name: round.name, outcome, took: begun.elapsed() });
    }
    Ok(report.end())
}
