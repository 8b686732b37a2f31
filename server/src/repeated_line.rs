//! A line of the server's own log that requests can cause again and again: at most one in ten seconds of each kind, with
//! the number of times that it stands for. Writes nothing by itself.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// Between two lines of one kind. Short enough to see a fault begin, long enough that a day of it is still read.
const PERIOD: Duration = Duration::from_secs(10);

/// A line of one kind, with the time at which it was last written.
#[derive(Debug)]
pub(crate) struct RepeatedLine(Mutex<State>);

#[derive(Debug)]
struct State {
    written_at: Option<Instant>,
    /// Times that no line was written for.
    unwritten: u64,
}

impl Default for RepeatedLine {
    fn default() -> Self {
        Self::new()
    }
}

impl RepeatedLine {
    /// A kind of which no line was written.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { written_at: None, unwritten: 0 }))
    }

    /// Notes that something happened `times` times. When a line is due, answers how many times the line stands for: these
    /// and those since the last line.
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
    async fn a_line_stands_for_those_that_were_not_written() {
        let line = RepeatedLine::new();
        assert_eq!(line.count(1), Some(1), "the first is written at once");
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
