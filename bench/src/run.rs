//! Runs the scenarios: peers take turns within each pass, so that the machine's drift hits all alike.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::report::{self, Figures, Row};
use crate::scenario::{ALL, Environment, Extent, Scenario};
use crate::{console, guard, interrupt, net, peer, process};

/// The usual peers.
const PEERS: [&str; 4] = ["holdline", "baseline", "nchan", "node"];

/// Options of a run.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The server to measure.
    pub(crate) program: PathBuf,
    /// The names of the scenarios; empty means all.
    pub(crate) scenarios: Vec<String>,
    /// The names of the peers, with their variants; empty means the usual ones.
    pub(crate) peers: Vec<String>,
    /// The number of passes.
    pub(crate) runs: usize,
    /// The task.
    pub(crate) task: Task,
}

/// The task of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Measure the usual cases.
    Measure,
    /// Measure also ten million entries of history.
    MeasureFully,
    /// Measure little, and compare with the kept figures.
    Compare,
    /// Measure little, and keep the figures.
    Accept,
    /// Write the figures of earlier runs into docs/PERFORMANCE.md.
    Write,
}

impl Task {
    fn is_guard(self) -> bool {
        matches!(self, Self::Compare | Self::Accept)
    }

    fn extent(self) -> Extent {
        match self {
            Self::Compare | Self::Accept => Extent::Quick,
            Self::MeasureFully => Extent::Full,
            Self::Measure | Self::Write => Extent::Usual,
        }
    }
}

/// Carries out the task. Returns whether `holdline` lost nothing, and for the guard whether nothing got worse.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if options.task == Task::Write {
        report::write_document()?;
        return Ok(true);
    }
    let scenarios = chosen(options);
    let is_whole = options.scenarios.is_empty() && options.peers.is_empty();
    let files = net::raise_file_limit()?;
    let all = process::cores()?;
    let (server, own) = (&all[..1], &all[all.len().min(2) - 1..all.len().min(2)]);
    process::pin(own)?;
    console::note(format!("server on core {server:?}, generator on core {own:?}, {files} open files"));
    if server == own {
        console::note("this machine has one core: the generator takes its time from the server");
    }
    let histories = tempfile::Builder::new().prefix("holdline-bench-").tempdir()?;
    let environment = Environment {
        program: &options.program,
        server_cores: server,
        own_cores: own,
        all_cores: &all,
        extent: options.task.extent(),
        histories: &histories,
    };
    let mut figures = Vec::new();
    for scenario in scenarios {
        let done = measure(&environment, scenario, options)?;
        report::print(&done);
        if !options.task.is_guard() {
            report::keep(&done, options.peers.is_empty())?;
        }
        figures.push(done);
    }
    drop::<TempDir>(histories);
    let kept = figures.iter().all(Figures::holdline_is_clean);
    if options.task.is_guard() {
        return Ok(guard::judge(&figures, is_whole, options.task == Task::Accept)? && kept);
    }
    if is_whole {
        report::write_document()?;
    }
    Ok(kept)
}

fn chosen(options: &Options) -> Vec<&'static Scenario> {
    let wanted: Vec<&str> = if options.task.is_guard() && options.scenarios.is_empty() {
        guard::SCENARIOS.into()
    } else {
        options.scenarios.iter().map(String::as_str).collect()
    };
    let is_wanted = |scenario: &&&Scenario| wanted.is_empty() || wanted.contains(&scenario.name);
    ALL.iter().filter(is_wanted).copied().collect()
}

/// Lists the peers of a scenario: the requested ones, with the scenario's variants.
fn peers(scenario: &Scenario, options: &Options) -> Result<Vec<String>> {
    let asked: Vec<String> = match (options.peers.is_empty(), options.task.is_guard()) {
        (false, _) => options.peers.clone(),
        (_, true) => guard::PEERS.map(str::to_owned).into(),
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
        // A variant may have been asked for by its name, too.
        for name in std::iter::once(peer).chain(variants) {
            if !peers.contains(&name) {
                peers.push(name);
            }
        }
    }
    peers.retain(|name| match peer::missing(name, &options.program) {
        Some(why) => {
            console::note(format!("{name} is left out: {why}"));
            false
        }
        None => true,
    });
    ensure!(
        !options.task.is_guard() || peers.iter().any(|peer| peer.starts_with("holdline")),
        "the guard has no server to measure"
    );
    peers.dedup();
    Ok(peers)
}

fn measure(environment: &Environment<'_>, scenario: &'static Scenario, options: &Options) -> Result<Figures> {
    let peers = peers(scenario, options)?;
    let mut rows = Vec::new();
    for case in (scenario.cases)(environment.extent) {
        let first = rows.len();
        rows.extend(peers.iter().map(|peer| Row::new(&case.label, peer)));
        for pass in 1..=options.runs {
            for (at, peer) in peers.iter().enumerate() {
                console::note(format!(
                    "{}, {}, {peer}, {pass} of {}",
                    scenario.name, case.label, options.runs
                ));
                match (scenario.measure)(environment, &case, peer) {
                    Ok(sample) => rows[first + at].add(sample),
                    Err(error) => {
                        interrupt::check()?;
                        console::note(format!("{peer} failed: {error:#}"));
                        rows[first + at].fail(scenario.columns.len());
                    }
                }
            }
        }
    }
    Ok(Figures::new(scenario, options.runs, rows))
}
