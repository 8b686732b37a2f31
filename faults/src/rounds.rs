//! The rounds. Each is a file and a line in [`ALL`]: a description of its faults and a function that injects them and
//! returns its findings.

mod clock;
mod context;
mod crowd;
mod disk;
mod faulty_proxy;
mod kill;
mod restore;
mod retention;
mod reverse_proxy;
mod slow;
mod wake;

use std::pin::Pin;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::options::Options;
use crate::report::{Report, RoundReport, RoundResult};
use crate::reverse_proxy::{Program, Upstream};
use context::RoundContext;

type RoundFuture<'a> = Pin<Box<dyn Future<Output = Result<RoundResult>> + 'a>>;

/// A round.
struct Round {
    name: &'static str,
    about: &'static str,
    run: for<'a> fn(&'a mut RoundContext) -> RoundFuture<'a>,
}

const ALL: [Round; 13] = [
    Round { name: "kill", about: "the server is killed and started again", run: |b| Box::pin(kill::run(b)) },
    Round { name: "wake", about: "publishing in the moment of polling", run: |b| Box::pin(wake::run(b)) },
    Round {
        name: "proxy",
        about: "a proxy that breaks requests and answers",
        run: |b| Box::pin(faulty_proxy::run(b)),
    },
    Round {
        name: "nginx",
        about: "behind nginx, which is reloaded; the server is killed",
        run: |b| Box::pin(reverse_proxy::run(b, Program::Nginx(Upstream::Kept))),
    },
    Round {
        name: "nginx-5s",
        about: "behind nginx with a read time-out of 5 s",
        run: |b| Box::pin(reverse_proxy::run(b, Program::Nginx(Upstream::Impatient))),
    },
    Round {
        name: "nginx-http10",
        about: "behind nginx that speaks HTTP/1.0 to the server",
        run: |b| Box::pin(reverse_proxy::run(b, Program::Nginx(Upstream::Plain))),
    },
    Round {
        name: "haproxy",
        about: "behind haproxy with a server time-out of 5 s",
        run: |b| Box::pin(reverse_proxy::run(b, Program::Haproxy)),
    },
    Round {
        name: "disk",
        about: "the disk is full; the log's file is moved",
        run: |b| Box::pin(disk::run(b)),
    },
    Round { name: "clock", about: "the clock jumps by days", run: |b| Box::pin(clock::run(b)) },
    Round {
        name: "retention",
        about: "the log forgets what is edited, deleted and reacted to",
        run: |b| Box::pin(retention::run(b)),
    },
    Round {
        name: "restore",
        about: "the server is killed and its log put back from a copy",
        run: |b| Box::pin(restore::run(b)),
    },
    Round { name: "slow", about: "readers that take a kilobyte a minute", run: |b| Box::pin(slow::run(b)) },
    Round {
        name: "crowd",
        about: "ten thousand readers over two restarts",
        run: |b| Box::pin(crowd::run(b)),
    },
];

/// The names of all rounds.
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|round| round.name).collect()
}

/// Runs the rounds and prints a table; returns whether every promise was kept.
pub async fn run(options: &Options) -> Result<bool> {
    ensure!(
        options.program.is_file(),
        "{} is not there; cargo xtask faults builds it",
        options.program.display()
    );
    let wanted =
        |round: &&Round| options.rounds.is_empty() || options.rounds.iter().any(|name| name == round.name);
    let rounds: Vec<_> = ALL.iter().filter(wanted).collect();
    let mut report = Report::begin(options);
    for round in &rounds {
        Report::announce(round.name, round.about);
        let begun = Instant::now();
        let mut context = RoundContext::new(options, round.name, rounds.len())?;
        let result = (round.run)(&mut context).await;
        let result = result.with_context(|| format!("round {}: {}", round.name, context.last_output()));
        report.add(RoundReport { name: round.name, result, took: begun.elapsed() });
    }
    Ok(report.end())
}
