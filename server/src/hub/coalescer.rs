//! Coalescing: a pause after a round of answers, in proportion to the round's work.
//!
//! Clients that were answered poll again at once. Without a pause, a busy room would answer each of them with
//! one message at a time, as fast as it can. With the pause, answers and the polls that follow them take
//! about half of the time, at most, and messages published meanwhile are delivered together. A quiet room is
//! not delayed: its pause is long over when the next message comes.

use std::time::Duration;

use holdline_shared::Seq;
use tokio::time::Instant;

use super::sync::now;

/// The shortest time for writing a round's answers that counts as load.
const SHORT: Duration = Duration::from_micros(200);
/// The pause as a multiple of the time for writing the answers: reading the polls that follow takes as long
/// again, and then the loop is idle for as long as both.
const PAUSE: u32 = 3;
/// The longest pause. Longer ones make rounds of more bytes, which take longer, and so on, until they cost more delay than
/// they save.
const LONGEST: Duration = Duration::from_millis(2);

/// The pause of a wait list.
#[derive(Clone, Copy)]
pub(super) struct Coalescer {
    until: Instant,
    /// The position that the last round reached.
    reached: Seq,
}

impl Coalescer {
    /// Starts the pause after a round of answers that began at `began`, reached `reached` and ends now;
    /// `None` if its work was too little.
    pub(super) fn after_round(began: Instant, reached: Seq) -> Option<Self> {
        let now = now();
        let took = now.saturating_duration_since(began);
        (took >= SHORT).then(|| Self { until: now + (took * PAUSE).min(LONGEST), reached })
    }

    /// The end of the pause.
    pub(super) fn until(&self) -> Instant {
        self.until
    }

    /// Whether a poll from this position has to wait for the end of the pause. Only polls of the last round
    /// have to: for others, entries are ready already.
    pub(super) fn defers(&self, after: Seq, now: Instant) -> bool {
        after >= self.reached && now < self.until
    }
}
