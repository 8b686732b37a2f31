//! Metrics for operators: how much is served, and how much is refused and why. Counted in one place for the router and
//! the event loops, with plain atomics, and written in Prometheus' text format. Keeps no history.

mod exposition;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use holdline_shared::ProblemCode;
use parking_lot::Mutex;

use crate::log::{LogError, Outcome};
use crate::repeated_line::RepeatedLine;

pub(crate) use self::exposition::Exposition;

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counters and gauges of one hub and the servers in front of it, since they were started.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Open connections, one gauge for each call of `serve`.
    open: Mutex<Vec<Weak<AtomicUsize>>>,
    pub(crate) connections: Counter,
    pub(crate) connections_refused: Counter,
    /// Connections that were closed because their client read too slowly.
    pub(crate) connections_stalled: Counter,
    pub(crate) handoffs: Counter,
    pub(crate) polls_shortened: Counter,
    pub(crate) polls_refused: Counter,
    pub(crate) entries: Counter,
    pub(crate) publishes_repeated: Counter,
    /// Responses by status, from 100 on.
    answers: Vec<Counter>,
    problems: Mutex<BTreeMap<&'static str, Problems>>,
}

/// Responses with one problem code.
#[derive(Debug, Default)]
struct Problems {
    count: u64,
    line: RepeatedLine,
}

/// The first status and the number of statuses that are counted.
const FIRST_STATUS: u16 = 100;
const STATUSES: usize = 500;

impl Default for Metrics {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            connections: Counter::default(),
            connections_refused: Counter::default(),
            connections_stalled: Counter::default(),
            handoffs: Counter::default(),
            polls_shortened: Counter::default(),
            polls_refused: Counter::default(),
            entries: Counter::default(),
            publishes_repeated: Counter::default(),
            answers: (0..STATUSES).map(|_| Counter::default()).collect(),
            problems: Mutex::default(),
        }
    }
}

impl Metrics {
    /// Adds a gauge of open connections for as long as it lives.
    pub(crate) fn watch_connections(&self, gauge: &Arc<AtomicUsize>) {
        let mut open = self.open.lock();
        open.retain(|gauge| gauge.strong_count() > 0);
        open.push(Arc::downgrade(gauge));
    }

    /// The number of open connections.
    fn open_connections(&self) -> usize {
        self.open.lock().iter().filter_map(Weak::upgrade).map(|gauge| gauge.load(Ordering::Relaxed)).sum()
    }

    /// Counts a response, with its code if it is a problem. Server errors are also reported in the server's own log.
    pub(crate) fn answered(&self, status: u16, problem: Option<ProblemCode>) {
        if let Some(counter) = self.answers.get(usize::from(status.saturating_sub(FIRST_STATUS))) {
            counter.increment();
        }
        let Some(code) = problem else { return };
        let mut problems = self.problems.lock();
        let of_code = problems.entry(code.as_str()).or_default();
        of_code.count += 1;
        let due = if status >= 500 || status == 429 { of_code.line.count(1) } else { None };
        drop(problems);
        if let Some(times) = due {
            tracing::warn!(code = code.as_str(), times, "requests were refused");
        }
    }

    /// Counts the outcome of a publish. Entries are counted when the hub receives them.
    pub(crate) fn published(&self, outcome: &Result<Outcome, LogError>) {
        // Problems are counted when they are sent.
        if let Ok(Outcome::Repeated(_)) = outcome {
            self.publishes_repeated.increment();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_connections_are_summed_over_running_servers() {
        let metrics = Metrics::default();
        let (first, second) = (Arc::new(AtomicUsize::new(3)), Arc::new(AtomicUsize::new(4)));
        metrics.watch_connections(&first);
        metrics.watch_connections(&second);
        assert_eq!(metrics.open_connections(), 7);
        drop(first);
        assert_eq!(metrics.open_connections(), 4);
    }

    #[test]
    fn responses_are_counted_by_status_and_code() {
        let metrics = Metrics::default();
        metrics.answered(200, None);
        metrics.answered(503, Some(ProblemCode::Overloaded));
        metrics.answered(503, Some(ProblemCode::Overloaded));
        metrics.answered(9, None);
        metrics.answered(u16::MAX, None);
        let text = metrics.text();
        assert!(text.contains("\nholdline_answers_total{status=\"200\"} 1\n"), "{text}");
        assert!(text.contains("\nholdline_answers_total{status=\"503\"} 2\n"), "{text}");
        assert!(text.contains("\nholdline_problems_total{code=\"overloaded\"} 2\n"), "{text}");
    }
}
