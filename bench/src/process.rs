//! Memory and CPU of a server's processes, as the kernel counts them: `smaps_rollup`, and the threads' `schedstat`. And
//! the cores that processes may use.

use std::collections::HashMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

/// Time for which a server must be idle, and the share of it that its timers may take.
const LOOK: Duration = Duration::from_millis(3);
const IDLE: f64 = 0.04;
/// Time after which a busy server counts as never idle.
const RESTLESS: Duration = Duration::from_secs(20);

/// A process with all its children and threads. Remembers threads that have ended: their time counts too.
#[derive(Debug)]
pub(crate) struct Account {
    id: u32,
    threads: HashMap<String, u64>,
}

impl Account {
    /// Accounts for the process with this id.
    pub(crate) fn new(id: u32) -> Self {
        Self { id, threads: HashMap::new() }
    }

    /// CPU used so far, user and system, in nanoseconds.
    pub(crate) fn cpu(&mut self) -> Result<u64> {
        for process in family(self.id) {
            let tasks = format!("/proc/{process}/task");
            for task in fs::read_dir(&tasks).with_context(|| format!("cannot read {tasks}"))? {
                let path = task?.path().join("schedstat");
                // A thread may end between the two steps.
                let Ok(text) = fs::read_to_string(&path) else { continue };
                let spent = text.split(' ').next().and_then(|spent| spent.parse().ok());
                let spent = spent.with_context(|| format!("{}: {text}", path.display()))?;
                self.threads.insert(path.to_string_lossy().into_owned(), spent);
            }
        }
        Ok(self.threads.values().sum())
    }

    /// Resident memory now, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let mut sum = 0;
        for process in family(self.id) {
            let path = format!("/proc/{process}/smaps_rollup");
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
            let line = text.lines().find_map(|line| line.strip_prefix("Rss:")).context("no Rss")?;
            let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
            sum += kib << 10;
        }
        Ok(sum)
    }

    /// Waits until the process is idle.
    pub(crate) fn settle(&mut self) -> Result<()> {
        let end = Instant::now() + RESTLESS;
        let (mut last, mut calm) = (self.cpu()?, 0);
        while calm < 2 {
            let start = Instant::now();
            thread::sleep(LOOK);
            let now = self.cpu()?;
            let share = as_float(now - last) / start.elapsed().as_secs_f64() / 1e9;
            // A thread that waits for its core is not idle.
            calm = if share < IDLE && !is_runnable(self.id) { calm + 1 } else { 0 };
            last = now;
            crate::interrupt::check()?;
            if start > end {
                bail!("the server does not come to rest");
            }
        }
        Ok(())
    }
}

/// Converts a count or nanoseconds for division.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53, which are 104 days of nanoseconds")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}

/// The process and its children.
fn family(id: u32) -> Vec<u32> {
    let mut family = vec![id];
    let mut next = 0;
    while let Some(id) = family.get(next) {
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        next += 1;
    }
    family
}

/// Whether a thread of the process or its children is runnable.
fn is_runnable(id: u32) -> bool {
    let tasks = family(id).into_iter().filter_map(|id| fs::read_dir(format!("/proc/{id}/task")).ok());
    tasks.flatten().flatten().any(|task| {
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        // The state stands behind the name, which is in brackets and may have spaces.
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('R'))
    })
}

/// The CPU time of this thread, in nanoseconds.
pub(crate) fn own_cpu() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap_or_default()
}

/// The cores that this process may use.
pub(crate) fn cores() -> Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect())
}

/// Pins this thread, and its children from now on, to these cores.
pub(crate) fn pin(cores: &[usize]) -> Result<()> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core);
    }
    sched_setaffinity(None, &set).context("cannot choose cores")
}
