//! Metrics for operators: rates and durations of what is served, and refusals by reason. Counted in one place
//! for the router and the event loops. Each hub has its own recorder, so that two hubs in one process do not
//! add up. Keeps no history.

mod families;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use holdline_shared::{ProblemCode, Seq};
use metrics::{Counter, Gauge, Histogram};
use metrics_exporter_prometheus::PrometheusHandle;
use parking_lot::Mutex;

use self::families::Families;
use crate::log::{LogError, Outcome};
use crate::repeated_line::RepeatedLine;

/// Counters, gauges and histograms of one hub and the servers in front of it, since they were started.
pub(crate) struct Metrics {
    families: Families,
    exposition: PrometheusHandle,
    /// Open connections, one gauge for each call of `serve`.
    open: Mutex<Vec<Weak<AtomicUsize>>>,
    open_connections: Gauge,
    held_polls: Gauge,
    head_seq: Gauge,
    rooms: Gauge,
    pub(crate) connections: Counter,
    pub(crate) connections_refused: Counter,
    pub(crate) connections_stalled: Counter,
    pub(crate) handoffs: Counter,
    pub(crate) polls_shortened: Counter,
    pub(crate) polls_refused: Counter,
    entries: Counter,
    publishes_repeated: Counter,
    publish_seconds: Histogram,
    group_entries: Histogram,
    commit_seconds: Histogram,
    /// Responses by status, from 100 on; each registered when it is first sent.
    answers: Box<[OnceLock<Counter>]>,
    problems: Mutex<BTreeMap<&'static str, Problems>>,
}

/// Responses with one problem code.
struct Problems {
    count: Counter,
    line: RepeatedLine,
}

/// Levels that the hub knows without counting.
pub(crate) struct Levels {
    pub(crate) held_polls: usize,
    pub(crate) head: Seq,
    pub(crate) rooms: usize,
}

/// The first status and the number of statuses that are counted.
const FIRST_STATUS: u16 = 100;
const STATUSES: usize = 500;

impl Default for Metrics {
    fn default() -> Self {
        let families = Families::new();
        Self {
            exposition: families.exposition(),
            open: Mutex::default(),
            open_connections: families.gauge("holdline_connections"),
            held_polls: families.gauge("holdline_held_polls"),
            head_seq: families.gauge("holdline_head_seq"),
            rooms: families.gauge("holdline_rooms"),
            connections: families.counter("holdline_connections_total"),
            connections_refused: families.counter("holdline_connections_refused_total"),
            connections_stalled: families.counter("holdline_connections_stalled_total"),
            handoffs: families.counter("holdline_handoffs_total"),
            polls_shortened: families.counter("holdline_polls_shortened_total"),
            polls_refused: families.counter("holdline_polls_refused_total"),
            entries: families.counter("holdline_entries_total"),
            publishes_repeated: families.counter("holdline_publishes_repeated_total"),
            publish_seconds: families.histogram("holdline_publish_seconds"),
            group_entries: families.histogram("holdline_group_entries"),
            commit_seconds: families.histogram("holdline_commit_seconds"),
            answers: (0..STATUSES).map(|_| OnceLock::new()).collect(),
            problems: Mutex::default(),
            families,
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

    /// Counts a response, with its code if it is a problem. Server errors are also reported in the server's own log.
    pub(crate) fn answered(&self, status: u16, problem: Option<ProblemCode>) {
        if let Some(counter) = self.answers.get(usize::from(status.saturating_sub(FIRST_STATUS))) {
            counter.get_or_init(|| self.families.answers(status)).increment(1);
        }
        let Some(code) = problem else { return };
        let mut problems = self.problems.lock();
        let of_code = problems
            .entry(code.as_str())
            .or_insert_with(|| Problems { count: self.families.problems(code), line: RepeatedLine::new() });
        of_code.count.increment(1);
        let due = if status >= 500 || status == 429 { of_code.line.count(1) } else { None };
        drop(problems);
        if let Some(times) = due {
            tracing::warn!(code = code.as_str(), times, "requests were refused");
        }
    }

    /// The counter of requests that this limit of a person or a visitor refused.
    pub(crate) fn refused_by_limit(&self, limit: &'static str) -> Counter {
        self.families.refused_by_limit(limit)
    }

    /// Counts the outcome of a publish and the time until it was known. Entries are counted when the hub receives them.
    pub(crate) fn published(&self, outcome: &Result<Outcome, LogError>, took: Duration) {
        // Problems are counted when they are sent.
        match outcome {
            Ok(Outcome::Repeated(_)) => self.publishes_repeated.increment(1),
            Ok(_) => self.publish_seconds.record(took),
            Err(_) => {}
        }
    }

    /// Counts a group of entries that the log has appended together.
    pub(crate) fn appended(&self, entries: usize) {
        self.entries.increment(entries as u64);
        #[expect(clippy::cast_precision_loss, reason = "no group has that many entries")]
        self.group_entries.record(entries as f64);
    }

    /// Counts a commit of the log's engine, which took this long.
    pub(crate) fn committed(&self, took: Duration) {
        self.commit_seconds.record(took);
    }

    /// Sorts the values recorded since the last call into their buckets. Unless this or [`text`](Self::text)
    /// is called periodically, recorded values pile up.
    pub(crate) fn fill_buckets(&self) {
        self.exposition.run_upkeep();
    }

    /// Formats all metrics in Prometheus' text format.
    pub(crate) fn text(&self, levels: &Levels) -> String {
        let open = self
            .open
            .lock()
            .iter()
            .filter_map(Weak::upgrade)
            .map(|gauge| gauge.load(Ordering::Relaxed))
            .sum();
        for (gauge, value) in [
            (&self.open_connections, open),
            (&self.held_polls, levels.held_polls),
            (&self.rooms, levels.rooms),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "none of them is that large")]
            gauge.set(value as f64);
        }
        #[expect(clippy::cast_precision_loss, reason = "exact up to nine quadrillion entries")]
        self.head_seq.set(levels.head.0 as f64);
        self.exposition.render()
    }

    /// The value of a metric.
    #[cfg(test)]
    pub(crate) fn value(&self, name: &str) -> u64 {
        let text = self.text(&Levels { held_polls: 0, head: Seq::START, rooms: 0 });
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().unwrap())
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
        assert_eq!(metrics.value("holdline_connections"), 7);
        drop(first);
        assert_eq!(metrics.value("holdline_connections"), 4);
    }

    #[test]
    fn responses_are_counted_by_status_and_code() {
        let metrics = Metrics::default();
        metrics.answered(200, None);
        metrics.answered(503, Some(ProblemCode::Overloaded));
        metrics.answered(503, Some(ProblemCode::Overloaded));
        metrics.answered(9, None);
        metrics.answered(u16::MAX, None);
        assert_eq!(metrics.value("holdline_answers_total{status=\"200\"}"), 1);
        assert_eq!(metrics.value("holdline_answers_total{status=\"503\"}"), 2);
        assert_eq!(metrics.value("holdline_problems_total{code=\"overloaded\"}"), 2);
    }

    #[test]
    fn recorded_values_are_in_their_buckets() {
        let metrics = Metrics::default();
        for took in [2, 20, 200] {
            metrics.committed(Duration::from_millis(took));
            metrics.fill_buckets();
        }
        metrics.appended(300);
        assert_eq!(metrics.value("holdline_commit_seconds_bucket{le=\"0.003\"}"), 1);
        assert_eq!(metrics.value("holdline_commit_seconds_bucket{le=\"0.03\"}"), 2);
        assert_eq!(metrics.value("holdline_commit_seconds_count"), 3);
        assert_eq!(metrics.value("holdline_group_entries_bucket{le=\"256\"}"), 0);
        assert_eq!(metrics.value("holdline_group_entries_sum"), 300);
    }

    #[test]
    fn hubs_count_for_themselves() {
        let (one, other) = (Metrics::default(), Metrics::default());
        one.answered(200, None);
        assert_eq!(other.value("holdline_answers_total{status=\"200\"}"), 0);
    }
}
