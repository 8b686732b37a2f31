//! `cargo xtask test`: everything, in the order in which it is likely to fail; and a table at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use xshell::Shell;

use crate::setup::browser;
use crate::steps::{self, Bench, Step};
use crate::{say, setup};

/// Sets up, then runs all steps, or the one of this name.
pub(crate) fn command(sh: &Shell, only: Option<&str>, keep_going: bool) -> Result<()> {
    let names = || steps::ALL.map(|step| step.name).join(", ");
    let wanted = |step: &&Step| only.is_none_or(|name| name == step.name);
    ensure!(steps::ALL.iter().any(|step| wanted(&step)), "no such step; there are: {}", names());
    let bench = Bench { sh, tools: setup::client(sh)? };
    if only.is_none() {
        // What is missing should be known before the first long step, not after it.
        browser::find_or_install(sh)?;
    }
    run(&bench, steps::ALL.iter().filter(wanted), keep_going)
}

/// What became of a step, and how long that took.
struct Outcome {
    name: &'static str,
    passed: bool,
    took: Duration,
}

/// Runs these steps, up to the first failure or, if told to keep going, all of them.
pub(crate) fn run<'a>(
    bench: &Bench<'_>,
    steps: impl Iterator<Item = &'a Step>,
    keep_going: bool,
) -> Result<()> {
    let mut outcomes = Vec::new();
    for step in steps {
        say::step(format!("{}: {}", step.name, step.about));
        let start = Instant::now();
        let result = (step.run)(bench);
        let outcome = Outcome { name: step.name, passed: result.is_ok(), took: start.elapsed() };
        say::line(outcome.sentence());
        if let Err(error) = result {
            say::line(format!("{error:#}"));
        }
        let stop = !outcome.passed && !keep_going;
        outcomes.push(outcome);
        if stop {
            break;
        }
    }
    sum_up(&outcomes)
}

/// Prints the table; an error names what has failed.
fn sum_up(outcomes: &[Outcome]) -> Result<()> {
    say::step("summary");
    for Outcome { name, passed, took } in outcomes {
        let mark = if *passed { "passed" } else { "FAILED" };
        say::line(format!("{mark}  {name:<14} {:>6.1} s", took.as_secs_f64()));
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    say::line(format!("        {:<14} {:>6.1} s", "together", total.as_secs_f64()));
    let failed: Vec<_> =
        outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}; to run a step again: cargo xtask test --only {}", failed.join(", "), failed[0]);
    }
    say::step("all passed");
    Ok(())
}

impl Outcome {
    fn sentence(&self) -> String {
        let verb = if self.passed { "passed" } else { "FAILED" };
        format!("{} {verb} after {:.1} s", self.name, self.took.as_secs_f64())
    }
}
