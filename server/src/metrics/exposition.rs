//! The metrics in Prometheus' text format.

use std::fmt::{Display, Write as _};

use super::{FIRST_STATUS, Metrics};

/// A text in Prometheus' format, one family after another.
#[derive(Default)]
pub(crate) struct Exposition(String);

impl Exposition {
    /// Adds a family with one gauge.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, value);
    }

    /// Adds a family with one counter.
    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", help);
        self.sample(name, value);
    }

    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name} {value}");
    }

    /// The text of all families.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl Metrics {
    /// Adds all metrics.
    pub(crate) fn write(&self, out: &mut Exposition) {
        out.gauge("holdline_connections", "Connections that are open right now.", self.open_connections());
        let counters = [
            ("holdline_connections_total", "Connections that were let in.", &self.connections),
            (
                "holdline_connections_refused_total",
                "Connections beyond the most that may be open.",
                &self.connections_refused,
            ),
            (
                "holdline_connections_stalled_total",
                "Connections that were closed because their client took too little of an answer.",
                &self.connections_stalled,
            ),
            (
                "holdline_handoffs_total",
                "Connections that an event loop handed over to hyper, for a request of another kind.",
                &self.handoffs,
            ),
            (
                "holdline_polls_shortened_total",
                "Polls that were held for less than they asked for, because many are held.",
                &self.polls_shortened,
            ),
            (
                "holdline_polls_refused_total",
                "Polls that were not held, because too many are held.",
                &self.polls_refused,
            ),
            ("holdline_entries_total", "Entries that were appended.", &self.entries),
            (
                "holdline_publishes_repeated_total",
                "Publishes whose key was used before.",
                &self.publishes_repeated,
            ),
        ];
        for (name, help, counter) in counters {
            out.counter(name, help, counter.value());
        }
        out.family("holdline_answers_total", "counter", "Answers by status.");
        for (status, counter) in (FIRST_STATUS..).zip(&self.answers) {
            if counter.value() > 0 {
                out.sample(&format!("holdline_answers_total{{status=\"{status}\"}}"), counter.value());
            }
        }
        out.family("holdline_problems_total", "counter", "Answers that name a problem, by its code.");
        for (code, problems) in &*self.problems.lock() {
            out.sample(&format!("holdline_problems_total{{code=\"{code}\"}}"), problems.count);
        }
    }

    /// Formats all metrics.
    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        let mut out = Exposition::default();
        self.write(&mut out);
        out.into_text()
    }
}
