//! Exponential backoff with full jitter.

use std::time::Duration;

/// A random number in `0.0..=1.0`, supplied by the driver of a pure state machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jitter(f64);

impl Jitter {
    /// Clamps `value` into `0.0..=1.0`; NaN counts as 0.
    pub fn new(value: f64) -> Self {
        Self(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// A random fraction of `whole`.
    pub fn fraction_of(self, whole: Duration) -> Duration {
        whole.mul_f64(self.0)
    }
}

/// The delay after each consecutive failure: a random time below a ceiling that doubles each time ("full jitter", from
/// M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015), so that clients that failed together
/// do not retry together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The ceiling after the first failure.
    pub const FIRST: Duration = Duration::from_millis(500);
    /// The highest ceiling.
    pub const LAST: Duration = Duration::from_secs(30);

    /// Counts a failure and returns the delay before the next attempt.
    pub fn fail(&mut self, jitter: Jitter) -> Duration {
        jitter.fraction_of(self.raise_ceiling(Self::FIRST))
    }

    /// Counts a refusal and returns the delay: 1 s, doubling from then, without jitter, because a refusal concerns this
    /// client alone.
    pub fn refuse(&mut self) -> Duration {
        self.raise_ceiling(Duration::from_secs(1))
    }

    /// Resets the count after a success.
    pub fn succeed(&mut self) {
        self.failures = 0;
    }

    /// The number of consecutive failures.
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
    fn ceiling_doubles_up_to_the_highest() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.fail(Jitter::new(1.0)).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        backoff.succeed();
        assert_eq!(backoff.fail(Jitter::new(0.5)).as_millis(), 250);
        assert_eq!(backoff.fail(Jitter::new(f64::NAN)).as_millis(), 0);
    }
}
