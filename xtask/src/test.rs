//! `cargo xtask test`: runs every step, the likeliest to fail first, and prints a table at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use xshell::Shell;

use crate::setup::{browser, firefox};
use crate::steps::{self, Context, Step};
use crate::{say, setup};

/// Sets up, then runs all steps, or the one of this name.
pub(crate) fn command(sh: &Shell, only: Option<&str>, keep_going: bool) -> Result<()> {
    let names = || steps::ALL.map(|step| step.name).join(", ");
    let wanted = |step: &&Step| only.is_none_or(|name| name == step.name);
    ensure!(steps::ALL.iter().any(|step| wanted(&step)), "no such step; there are: {}", names());
    let context = Context { sh, tools: setup::client(sh)? };
    if only.is_none() {
        // A missing browser should be known before the first long step.
        browser::find_or_install(sh)?;
        firefox::find_or_install(sh)?;
    }
    run(&context, steps::ALL.iter().filter(wanted), keep_going)
}

/// The result of a step, and its duration.
struct StepResult {
    name: &'static str,
    passed: bool,
    took: Duration,
}

/// Runs these steps, up to the first failure or, if told to keep going, all of them.
pub(crate) fn run<'a>(
    context: &Context<'_>,
    steps: impl Iterator<Item = &'a Step>,
    keep_going: bool,
) -> Result<()> {
    let mut results = Vec::new();
    for step in steps {
        say::step(format!("{}: {}", step.name, step.about));
        let start = Instant::now();
        let result = (step.run)(context);
        let step_result = StepResult { name: step.name, passed: result.is_ok(), took: start.elapsed() };
        say::line(step_result.sentence());
        if let Err(error) = result {
            say::line(format!("{error:#}"));
        }
        let stop = !step_result.passed && !keep_going;
        results.push(step_result);
        if stop {
            break;
        }
    }
    sum_up(&results)
}

/// Prints the table; an error names what has failed.
fn sum_up(results: &[StepResult]) -> Result<()> {
    say::step("summary");
    for StepResult { name, passed, took } in results {
        let mark = if *passed { "passed" } else { "FAILED" };
        say::line(format!("{mark}  {name:<14} {:>6.1} s", took.as_secs_f64()));
    }
    let total: Duration = results.iter().map(|step_result| step_result.took).sum();
    say::line(format!("        {:<14} {:>6.1} s", "together", total.as_secs_f64()));
    let failed: Vec<_> = results
        .iter()
        .filter(|step_result| !step_result.passed)
        .map(|step_result| step_result.name)
        .collect();
    if !failed.is_empty() {
        bail!("failed: {}; to run a step again: cargo xtask test --only {}", failed.join(", "), failed[0]);
    }
    say::step("all passed");
    Ok(())
}

impl StepResult {
    fn sentence(&self) -> String {
        let verb = if self.passed { "passed" } else { "FAILED" };
        format!("{} {verb} after {:.1} s", self.name, self.took.as_secs_f64())
    }
}
