//! A run: passes over scenarios, cases and peers, in turns, so that the machine's drift hits all alike. One table each.

use std::path::PathBuf;

use anyhow::{Result, bail};
use tempfile::TempDir;

use crate::report::{self, Figures, Row};
use crate::scenario::{ALL, Extent, Scenario, Stage};
use crate::{interrupt, net, peer, process, quick, say};

/// Peers that are measured unless told otherwise.
const PEERS: [&str; 4] = ["holdline", "floor", "nchan", "node"];

/// What a run is told.
#[derive(Debug, Clone)]
pub struct Orders {
    /// The server to measure.
    pub program: PathBuf,
    /// By name; none means all.
    pub scenarios: Vec<String>,
    /// By name, with their variants; none means the usual ones.
    pub peers: Vec<String>,
    /// Passes.
    pub runs: usize,
    /// What to do.
    pub task: Task,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// To see figures.
    Measure,
    /// The same, with ten million entries of history too.
    MeasureFully,
    /// To see whether something got worse: little, compared with what is kept.
    Guard,
    /// To keep what the guard compares with.
    Accept,
    /// To write the figures of earlier runs into docs/PERFORMANCE.md.
    Write,
}

impl Task {
    fn is_guard(self) -> bool {
        matches!(self, Self::Guard | Self::Accept)
    }

    fn extent(self) -> Extent {
        match self {
            Self::Guard | Self::Accept => Extent::Quick,
            Self::MeasureFully => Extent::Full,
            Self::Measure | Self::Write => Extent::Usual,
        }
    }
}

/// Does it. Answers whether ours kept its promise, and for the guard whether nothing got worse.
pub fn run(orders: &Orders) -> Result<bool> {
    if orders.task == Task::Write {
        report::write_documents()?;
        return Ok(true);
    }
    let scenarios = chosen(orders)?;
    let is_whole = orders.scenarios.is_empty() && orders.peers.is_empty();
    let files = net::raise_file_limit()?;
    let all = process::cores()?;
    let (server, own) = (&all[..1], &all[all.len().min(2) - 1..all.len().min(2)]);
    process::pin(own)?;
    say::aside(format!("server on core {server:?}, generator on core {own:?}, {files} open files"));
    if server == own {
        say::aside("this machine has one core: the generator takes its time from the server");
    }
    let histories = tempfile::Builder::new().prefix("holdline-bench-").tempdir()?;
    let stage = Stage {
        program: &orders.program,
        server_cores: server,
        own_cores: own,
        all_cores: &all,
        extent: orders.task.extent(),
        histories: &histories,
    };
    let mut figures = Vec::new();
    for scenario in scenarios {
        let done = measure(&stage, scenario, orders)?;
        report::print(&done);
        if !orders.task.is_guard() {
            report::keep(&done, orders.peers.is_empty())?;
        }
        figures.push(done);
    }
    drop::<TempDir>(histories);
    let kept = figures.iter().all(Figures::ours_is_clean);
    if orders.task.is_guard() {
        return Ok(quick::judge(&figures, is_whole, orders.task == Task::Accept)? && kept);
    }
    if is_whole {
        report::write_documents()?;
    }
    Ok(kept)
}

fn chosen(orders: &Orders) -> Result<Vec<&'static Scenario>> {
    let names: Vec<_> = if orders.task.is_guard() && orders.scenarios.is_empty() {
        quick::SCENARIOS.map(str::to_owned).into()
    } else {
        orders.scenarios.clone()
    };
    let known = |name: &String| crate::names().contains(&name.as_str());
    if let Some(name) = names.iter().find(|name| !known(name)) {
        bail!("there is no scenario {name:?}; there are: {}", crate::names().join(", "));
    }
    let wanted = |scenario: &&&Scenario| names.is_empty() || names.iter().any(|name| name == scenario.name);
    Ok(ALL.iter().filter(wanted).copied().collect())
}

/// The peers of a scenario: those asked for, with the variants that belong to it.
fn peers(scenario: &Scenario, orders: &Orders) -> Vec<String> {
    let asked: Vec<String> = match (orders.peers.is_empty(), orders.task.is_guard()) {
        (false, _) => orders.peers.clone(),
        (_, true) => quick::PEERS.map(str::to_owned).into(),
        _ => PEERS.map(str::to_owned).into(),
    };
    let mut peers = Vec::new();
    for peer in asked {
        let family = peer.split(':').next().unwrap_or_default();
        if !scenario.only.is_empty() && !scenario.only.contains(&family) {
            continue;
        }
        let variants = scenario.variants.iter().filter(|(of, _)| *of == peer).map(|(_, name)| (*name).into());
        let variants: Vec<String> = variants.collect();
        peers.push(peer);
        peers.extend(variants);
    }
    peers.retain(|name| match peer::missing(name, &orders.program) {
        Some(why) => {
            say::aside(format!("{name} is left out: {why}"));
            false
        }
        None => true,
    });
    peers.dedup();
    peers
}

fn measure(stage: &Stage<'_>, scenario: &'static Scenario, orders: &Orders) -> Result<Figures> {
    let peers = peers(scenario, orders);
    let mut rows = Vec::new();
    for case in (scenario.cases)(stage.extent) {
        let first = rows.len();
        rows.extend(peers.iter().map(|peer| Row::new(&case.label, peer)));
        for pass in 1..=orders.runs {
            for (at, peer) in peers.iter().enumerate() {
                say::aside(format!("{}, {}, {peer}, {pass} of {}", scenario.name, case.label, orders.runs));
                match (scenario.measure)(stage, &case, peer) {
                    Ok(sample) => rows[first + at].add(sample),
                    Err(error) => {
                        interrupt::check()?;
                        say::aside(format!("{peer} failed: {error:#}"));
                        rows[first + at].fail(scenario.columns.len());
                    }
                }
            }
        }
    }
    Ok(Figures::new(scenario, orders.runs, rows))
}
