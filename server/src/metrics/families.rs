//! The families of metrics: names, descriptions, and the buckets of histograms. Counts nothing.

use holdline_shared::ProblemCode;
use metrics::{Counter, Gauge, Histogram, Key, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// Responses by status.
const ANSWERS: &str = "holdline_answers_total";
/// Requests that a limit refused, by its name.
const REFUSED_BY_LIMIT: &str = "holdline_refused_by_limit_total";
/// Responses by problem code.
const PROBLEMS: &str = "holdline_problems_total";

const GAUGES: [(&str, &str); 4] = [
    ("holdline_connections", "Connections that are open right now."),
    ("holdline_held_polls", "Requests that are being held right now."),
    ("holdline_head_seq", "Position of the newest visible entry."),
    ("holdline_rooms", "Rooms in the log."),
];

const COUNTERS: [(&str, &str); 11] = [
    ("holdline_connections_total", "Connections that were let in."),
    ("holdline_connections_refused_total", "Connections beyond the most that may be open."),
    (
        "holdline_connections_stalled_total",
        "Connections that were closed because their client took too little of an answer.",
    ),
    (
        "holdline_handoffs_total",
        "Connections that an event loop handed over to hyper, for a request of another kind.",
    ),
    (
        "holdline_polls_shortened_total",
        "Polls that were held for less than they asked for, because many are held.",
    ),
    ("holdline_polls_refused_total", "Polls that were not held, because too many are held."),
    ("holdline_entries_total", "Entries that were appended."),
    ("holdline_publishes_repeated_total", "Publishes whose key was used before."),
    (ANSWERS, "Answers by status."),
    (PROBLEMS, "Answers that name a problem, by its code."),
    (REFUSED_BY_LIMIT, "Requests and connections that a limit of a person or a visitor refused."),
];

const SECONDS: [f64; 11] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const ENTRIES: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

const HISTOGRAMS: [(&str, &str, [f64; 11]); 3] = [
    ("holdline_publish_seconds", "Time from a publish until its entry was durable and visible.", SECONDS),
    ("holdline_group_entries", "Entries that were appended together.", ENTRIES),
    ("holdline_commit_seconds", "Time of a commit of the log, most of it the disk's fsync.", SECONDS),
];

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// A recorder with all families registered.
pub(super) struct Families(PrometheusRecorder);

impl Families {
    #[expect(clippy::expect_used, reason = "fails for a histogram without buckets alone")]
    pub(super) fn new() -> Self {
        let builder = HISTOGRAMS.iter().try_fold(PrometheusBuilder::new(), |builder, (name, _, buckets)| {
            builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), buckets)
        });
        let recorder = builder.expect("every histogram has buckets").build_recorder();
        for (name, help) in GAUGES {
            recorder.describe_gauge(name.into(), None, help.into());
        }
        for (name, help) in COUNTERS {
            recorder.describe_counter(name.into(), None, help.into());
        }
        for (name, help, _) in HISTOGRAMS {
            recorder.describe_histogram(name.into(), None, help.into());
        }
        Self(recorder)
    }

    /// The handle that formats all metrics.
    pub(super) fn exposition(&self) -> PrometheusHandle {
        self.0.handle()
    }

    pub(super) fn gauge(&self, name: &'static str) -> Gauge {
        self.0.register_gauge(&Key::from_static_name(name), &METADATA)
    }

    pub(super) fn counter(&self, name: &'static str) -> Counter {
        self.0.register_counter(&Key::from_static_name(name), &METADATA)
    }

    pub(super) fn histogram(&self, name: &'static str) -> Histogram {
        self.0.register_histogram(&Key::from_static_name(name), &METADATA)
    }

    /// The counter of responses with this status.
    pub(super) fn answers(&self, status: u16) -> Counter {
        self.0.register_counter(&Key::from((ANSWERS, &[("status", status.to_string())])), &METADATA)
    }

    /// The counter of requests that this limit refused.
    pub(super) fn refused_by_limit(&self, limit: &'static str) -> Counter {
        self.0.register_counter(&Key::from((REFUSED_BY_LIMIT, &[("limit", limit)])), &METADATA)
    }

    /// The counter of responses with this problem code.
    pub(super) fn problems(&self, code: ProblemCode) -> Counter {
        self.0.register_counter(&Key::from((PROBLEMS, &[("code", code.as_str())])), &METADATA)
    }
}
