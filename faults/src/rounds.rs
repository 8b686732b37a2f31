//! The rounds. Each is a file and a line in [`ALL`]: what it breaks, and a function that does it and hands back a
//! verdict. Rounds with browsers are to come in the same way.

mod bench;
mod clock;
mod crowd;
mod disk;
mod front;
mod kill;
mod proxy;
mod restore;
mod retention;
mod slow;
mod wake;

use std::pin::Pin;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::checker::Verdict;
use crate::front::Upstream;
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

const ALL: [Round; 13] = [
    Round { name: "kill", about: "the server is killed and started again", run: |b| Box::pin(kill::run(b)) },
    Round { name: "wake", about: "publishing in the moment of polling", run: |b| Box::pin(wake::run(b)) },
    Round {
        name: "proxy",
        about: "a proxy that breaks requests and answers",
        run: |b| Box::pin(proxy::run(b)),
    },
    Round {
        name: "nginx",
        about: "behind nginx, which is reloaded; the server is killed",
        run: |b| Box::pin(front::nginx(b, Upstream::Kept)),
    },
    Round {
        name: "nginx-5s",
        about: "behind nginx with a read time-out of 5 s",
        run: |b| Box::pin(front::nginx(b, Upstream::Impatient)),
    },
    Round {
        name: "nginx-http10",
        about: "behind nginx that speaks HTTP/1.0 to the server",
        run: |b| Box::pin(front::nginx(b, Upstream::Plain)),
    },
    Round {
        name: "haproxy",
        about: "behind haproxy with a server time-out of 5 s",
        run: |b| Box::pin(front::haproxy(b)),
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
        Report::announce(round.name, round.about);
        let begun = Instant::now();
        let mut bench = Bench::new(orders, round.name, rounds.len())?;
        let outcome = (round.run)(&mut bench).await;
        let outcome = outcome.with_context(|| format!("round {}: {}", round.name, bench.last_words()));
        report.add(Line { name: round.name, outcome, took: begun.elapsed() });
    }
    Ok(report.end())
}
