//! Coalescing: after a round of answers, a pause that follows from how long it took.
//!
//! Whoever was answered asks again at once; a room in which much is said would answer each of them with one message at a
//! time, as fast as it can (the saw of the long polling article). With the pause about half of the time, at most, goes
//! into answers and the polls that follow them, and what is said meanwhile goes out together. A quiet room never notices:
//! its pause is long over when the next message comes.

use std::time::Duration;

use holdline_shared::Seq;

use super::sync::Instant;

/// A round in which writing the answers took less than this is no load.
const SHORT: Duration = Duration::from_micros(200);
/// How many times as long as writing the answers the pause is: as long as that, and as reading the polls that follow, and
/// then as long again.
const PAUSE: u32 = 3;
/// Nobody waits for longer than this for more to come. Longer pauses make rounds of more bytes, which take longer, and so on,
/// until they cost more delay than they save.
const LONGEST: Duration = Duration::from_millis(2);

/// When a room may be answered again.
#[derive(Default)]
pub(super) struct Pace {
    pauses_until: Option<Instant>,
    /// How far the last round went.
    reached: Seq,
}

impl Pace {
    /// Notes a round of answers that reached `reached` and has just ended. Whether a pause follows.
    pub(super) fn after_round(&mut self, began: Instant, reached: Seq) -> bool {
        let now = Instant::now();
        let took = now.saturating_duration_since(began);
        self.pauses_until = (took >= SHORT).then(|| now + (took * PAUSE).min(LONGEST));
        self.reached = reached;
        self.pauses_until.is_some()
    }

    /// Whether the pause goes on.
    pub(super) fn is_pausing(&self, now: Instant) -> bool {
        self.pauses_until.is_some_and(|until| now < until)
    }

    /// Whether a poll from this position has to wait for the end of the pause: it does if it was in the last round, as
    /// others have nothing to wait for.
    pub(super) fn holds_back(&self, after: Seq, now: Instant) -> bool {
        after >= self.reached && self.is_pausing(now)
    }

    /// The end of the pause.
    pub(super) fn pauses_until(&self) -> Option<Instant> {
        self.pauses_until
    }
}
