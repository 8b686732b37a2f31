//! Exponential back-off with full jitter.

use std::time::Duration;

/// A number in `0.0..1.0`, thrown by whoever drives a pure machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dice(f64);

impl Dice {
    /// Clamps into `0.0..=1.0`; what is no number counts as 0.
    pub fn new(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// A part of `whole`, chosen by the dice.
    pub fn part_of(self, whole: Duration) -> Duration {
        whole.mul_f64(self.0)
    }
}

/// How long to wait after each failure in a row: anything up to a ceiling that doubles each time ("full jitter", from
/// M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015), so that clients that failed together
/// do not come back together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The ceiling after the first failure.
    pub const FIRST: Duration = Duration::from_millis(500);
    /// The ceiling after many.
    pub const LAST: Duration = Duration::from_secs(30);

    /// Counts a failure and says how long to wait.
    pub fn fail(&mut self, dice: Dice) -> Duration {
        dice.part_of(self.raise_ceiling(Self::FIRST))
    }

    /// Counts a refusal, which no waiting of others explains: exactly 1 s, then slower and slower.
    pub fn refuse(&mut self) -> Duration {
        self.raise_ceiling(Duration::from_secs(1))
    }

    /// Forgets all failures.
    pub fn succeed(&mut self) {
        self.failures = 0;
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    fn raise_ceiling(&mut self, first: Duration) -> Duration {
        let ceiling = first.saturating_mul(1 << self.failures.min(16)).min(Self::LAST);
        self.failures = self.failures.saturating_add(1);
        ceiling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_last_ceiling() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.fail(Dice::new(1.0)).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        backoff.succeed();
        assert_eq!(backoff.fail(Dice::new(0.5)).as_millis(), 250);
        assert_eq!(backoff.fail(Dice::new(f64::NAN)).as_millis(), 0);
    }
}
