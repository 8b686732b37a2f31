//! The adaptive wait: the hold a client asks for, learned from how long the network path keeps a silent request open.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{WAIT_DEFAULT, WAIT_MAX};

/// The hold to ask for: the server's grant, or less if the path is known to cut earlier. The learned limit drops at
/// once when a held poll is cut, and grows slowly after a series of polls that were held to their end.
///
/// Drivers store the learned limit per origin; as JSON it is a whole number of seconds, 0 for no known limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub struct AdaptiveWait {
    granted: Duration,
    /// The longest hold that the path is known to allow; `None` until it has cut a poll.
    learned: Option<Duration>,
    full_holds: u32,
    probe_after: u32,
}

impl AdaptiveWait {
    /// The shortest hold; below this a held poll costs as much as a regular one.
    pub const LEAST: Duration = Duration::from_secs(1);
    /// The number of completed holds before a longer hold is tried, at first.
    pub const PROBE_AFTER: u32 = 8;
    /// The number of completed holds before a longer hold is tried, at most. Each further cut doubles the number, so
    /// that a path with a firm limit is rarely probed.
    pub const PROBE_AFTER_MAX: u32 = 128;

    /// Restores a stored limit in seconds; 0 for none.
    pub fn from_secs(seconds: u64) -> Self {
        let learned = Duration::from_secs(seconds).clamp(Self::LEAST, WAIT_MAX);
        Self { learned: (seconds > 0).then_some(learned), ..Self::default() }
    }

    /// The learned limit to store; the reverse of [`AdaptiveWait::from_secs`].
    pub fn as_secs(&self) -> u64 {
        self.learned.map_or(0, |learned| learned.as_secs().max(Self::LEAST.as_secs()))
    }

    /// The hold to ask for now, in whole seconds.
    pub fn current(&self) -> Duration {
        let current = self.learned.map_or(self.granted, |learned| learned.min(self.granted));
        Duration::from_secs(current.as_secs()).max(Self::LEAST)
    }

    /// Records the server's grant, raised to [`AdaptiveWait::LEAST`].
    pub fn grant(&mut self, granted: Duration) {
        self.granted = granted.clamp(Self::LEAST, WAIT_MAX);
    }

    /// Records that a poll was cut after it had been held for `held`.
    pub fn cut(&mut self, held: Duration) {
        self.full_holds = 0;
        if self.learned.is_some() {
            self.probe_after = (self.probe_after * 2).min(Self::PROBE_AFTER_MAX);
        }
        self.learned = Some(self.current().min(held.mul_f64(0.8)).max(Self::LEAST));
    }

    /// Records that a poll was held to its end and answered.
    pub fn complete(&mut self) {
        // A hold that the server shortened says nothing about the path's limit.
        let Some(learned) = self.learned.filter(|learned| *learned <= self.granted) else { return };
        self.full_holds += 1;
        if self.full_holds >= self.probe_after {
            self.full_holds = 0;
            let longer = (learned + Duration::from_secs(1)).max(learned.mul_f64(1.2));
            self.learned = (longer < self.granted).then_some(longer);
        }
    }
}

impl Default for AdaptiveWait {
    fn default() -> Self {
        Self { granted: WAIT_DEFAULT, learned: None, full_holds: 0, probe_after: Self::PROBE_AFTER }
    }
}

impl From<u64> for AdaptiveWait {
    fn from(seconds: u64) -> Self {
        Self::from_secs(seconds)
    }
}

impl From<AdaptiveWait> for u64 {
    fn from(hold: AdaptiveWait) -> Self {
        hold.as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn wait_drops_below_proxy_limit_and_grows_again() {
        let mut hold = AdaptiveWait::default();
        hold.cut(s(5));
        assert_eq!(hold.current(), s(4));
        for _ in 0..AdaptiveWait::PROBE_AFTER {
            hold.complete();
        }
        assert_eq!(hold.current(), s(5));
        for _ in 0..AdaptiveWait::PROBE_AFTER * 20 {
            hold.complete();
        }
        assert_eq!(hold.current(), WAIT_DEFAULT, "never above what the server grants");
        hold.cut(Duration::from_millis(200));
        assert_eq!(hold.current(), AdaptiveWait::LEAST);
    }

    #[test]
    fn firm_limit_is_probed_less_and_less_often() {
        let mut hold = AdaptiveWait::default();
        let mut polls_between = Vec::new();
        for _ in 0..7 {
            hold.cut(s(5));
            let mut polls = 0;
            while hold.current() < s(5) {
                hold.complete();
                polls += 1;
            }
            polls_between.push(polls);
        }
        assert_eq!(polls_between, [8, 16, 32, 64, 128, 128, 128]);
    }

    #[test]
    fn wait_is_the_lesser_of_grant_and_learned_limit() {
        let mut hold = AdaptiveWait::default();
        hold.grant(s(10));
        assert_eq!(hold.current(), s(10));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(40));
        hold.cut(s(20));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(16), "the learned limit stays");
        hold.grant(s(5));
        assert_eq!(hold.current(), s(5));
        for _ in 0..AdaptiveWait::PROBE_AFTER * 4 {
            hold.complete();
        }
        hold.grant(s(40));
        assert_eq!(hold.current(), s(16), "also while the server grants less");
    }

    #[test]
    fn learned_limit_is_stored_as_seconds() {
        let mut hold = AdaptiveWait::default();
        assert_eq!(serde_json::to_string(&hold).unwrap(), "0");
        hold.cut(s(60));
        hold.cut(s(11));
        let remembered = serde_json::to_string(&hold).unwrap();
        assert_eq!(remembered, "8");
        let mut hold: AdaptiveWait = serde_json::from_str(&remembered).unwrap();
        assert_eq!(hold.current(), s(8));
        hold.grant(s(60));
        assert_eq!(hold.current(), s(8));
        assert_eq!(AdaptiveWait::from_secs(0), AdaptiveWait::default());
        assert_eq!(
            AdaptiveWait::from_secs(90).current(),
            WAIT_DEFAULT,
            "not above the grant, which is not known yet"
        );
        assert_eq!(AdaptiveWait::from_secs(u64::MAX).as_secs(), WAIT_MAX.as_secs());
    }
}
