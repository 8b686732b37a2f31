//! Rate limiting of log lines that requests can cause: at most one line of each kind in ten seconds, with the number of
//! events that it represents. Writes nothing itself.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// The time between two lines of one kind: short enough to show the start of a problem, long enough that the log of a
/// day stays readable.
const PERIOD: Duration = Duration::from_secs(10);

/// The state of one kind of line.
#[derive(Debug)]
pub(crate) struct RepeatedLine(Mutex<State>);

#[derive(Debug)]
struct State {
    written_at: Option<Instant>,
    /// Events since the last line.
    unwritten: u64,
}

impl Default for RepeatedLine {
    fn default() -> Self {
        Self::new()
    }
}

impl RepeatedLine {
    /// A kind without a line so far.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { written_at: None, unwritten: 0 }))
    }

    /// Counts `times` events. Returns the number of events since the last line if a line is due.
    pub(crate) fn count(&self, times: u64) -> Option<u64> {
        let now = Instant::now();
        let mut state = self.0.lock();
        state.unwritten += times;
        if state.written_at.is_some_and(|at| now < at + PERIOD) {
            return None;
        }
        state.written_at = Some(now);
        Some(std::mem::take(&mut state.unwritten))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn line_counts_the_events_since_the_last_one() {
        let line = RepeatedLine::new();
        assert_eq!(line.count(1), Some(1), "the first line is due at once");
        for _ in 0..99 {
            assert_eq!(line.count(2), None);
        }
        tokio::time::advance(PERIOD).await;
        assert_eq!(line.count(1), Some(199));
        assert_eq!(line.count(1), None);
        tokio::time::advance(PERIOD * 6).await;
        assert_eq!(line.count(1), Some(2));
    }
}
