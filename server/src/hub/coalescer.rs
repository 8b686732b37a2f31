//! Coalescing: a pause after a round of answers, as long as the round's work deserves.
//!
//! Clients that were answered poll again at once. A busy room would answer each of them with one message at a time, as fast
//! as it can (the saw of the long polling article). With the pause about half of the time, at most, goes into answers and
//! the polls that follow them, and what is said meanwhile goes out together. A quiet room never notices: its pause is long
//! over when the next message comes.

use std::time::Duration;

use holdline_shared::Seq;
use tokio::time::Instant;

use super::sync::now;

/// A round in which writing the answers took less than this is no load.
const SHORT: Duration = Duration::from_micros(200);
/// The pause as a multiple of the time for writing the answers: reading the polls that follow takes as long again, and
/// then the loop is idle for as long as both.
const PAUSE: u32 = 3;
/// The longest pause. Longer ones make rounds of more bytes, which take longer, and so on, until they cost more delay than
/// they save.
const LONGEST: Duration = Duration::from_millis(2);

/// The pause of a wait list.
#[derive(Clone, Copy)]
pub(super) struct Coalescer {
    until: Instant,
    /// How far the last round went.
    reached: Seq,
}

impl Coalescer {
    /// The pause after a round of answers that reached `reached` and ends now, if its work was worth one.
    pub(super) fn after_round(began: Instant, reached: Seq) -> Option<Self> {
        let now = now();
        let took = now.saturating_duration_since(began);
        (took >= SHORT).then(|| Self { until: now + (took * PAUSE).min(LONGEST), reached })
    }

    /// The end of the pause.
    pub(super) fn until(&self) -> Instant {
        self.until
    }

    /// Whether a poll from this position has to wait for the end of the pause. Only polls that were in the last round do:
    /// for the others there are entries already.
    pub(super) fn defers(&self, after: Seq, now: Instant) -> bool {
        after >= self.reached && now < self.until
    }
}
