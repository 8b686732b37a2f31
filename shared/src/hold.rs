//! Adaptive hold: how long to ask a server to hold a poll, learned from where the path cuts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{WAIT_DEFAULT, WAIT_MAX};

/// The hold to ask for: what the server grants, unless the path is known to cut earlier. What is known goes down at once
/// when a held poll is cut, and creeps up again after a row of polls that were held to their end.
///
/// What was learned is worth remembering, per origin, beyond one subscription; as JSON it is a whole number of seconds,
/// 0 when nothing was learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub struct Hold {
    granted: Duration,
    /// What the path is known to bear; `None` as long as it has not cut.
    learned: Option<Duration>,
    full_holds: u32,
    patience: u32,
}

impl Hold {
    /// Below this a held poll is as costly as a regular one.
    pub const LEAST: Duration = Duration::from_secs(1);
    /// Polls held to their end before a longer hold is tried, at first.
    pub const PATIENCE: u32 = 8;
    /// The same after many cuts: each one doubles it, so that a path with a firm limit is seldom tried again.
    pub const MOST_PATIENCE: u32 = 128;

    /// What was remembered: the seconds that the path bears, 0 when that was never found out.
    pub fn from_secs(seconds: u64) -> Self {
        let learned = Duration::from_secs(seconds).clamp(Self::LEAST, WAIT_MAX);
        Self { learned: (seconds > 0).then_some(learned), ..Self::default() }
    }

    /// What to remember; the reverse of [`Hold::from_secs`].
    pub fn as_secs(&self) -> u64 {
        self.learned.map_or(0, |learned| learned.as_secs().max(Self::LEAST.as_secs()))
    }

    /// The hold to ask for now, in whole seconds.
    pub fn current(&self) -> Duration {
        let current = self.learned.map_or(self.granted, |learned| learned.min(self.granted));
        Duration::from_secs(current.as_secs()).max(Self::LEAST)
    }

    /// The server says what it grants. One that grants nothing is asked for the least.
    pub fn grant(&mut self, granted: Duration) {
        self.granted = granted.clamp(Self::LEAST, WAIT_MAX);
    }

    /// A poll was cut after it had been held for `held`.
    pub fn cut(&mut self, held: Duration) {
        self.full_holds = 0;
        if self.learned.is_some() {
            self.patience = (self.patience * 2).min(Self::MOST_PATIENCE);
        }
        self.learned = Some(self.current().min(held.mul_f64(0.8)).max(Self::LEAST));
    }

    /// A poll was held to its end and answered.
    pub fn complete(&mut self) {
        // A hold that the server shortened says nothing about what the path bears beyond.
        let Some(learned) = self.learned.filter(|learned| *learned <= self.granted) else { return };
        self.full_holds += 1;
        if self.full_holds >= self.patience {
            self.full_holds = 0;
            let longer = (learned + Duration::from_secs(1)).max(learned.mul_f64(1.2));
            self.learned = (longer < self.granted).then_some(longer);
        }
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self { granted: WAIT_DEFAULT, learned: None, full_holds: 0, patience: Self::PATIENCE }
    }
}

impl From<u64> for Hold {
    fn from(seconds: u64) -> Self {
        Self::from_secs(seconds)
    }
}

impl From<Hold> for u64 {
    fn from(hold: Hold) -> Self {
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
    fn goes_below_a_proxys_limit_and_creeps_up_again() {
        let mut hold = Hold::default();
        hold.cut(s(5));
        assert_eq!(hold.current(), s(4));
        for _ in 0..Hold::PATIENCE {
            hold.complete();
        }
        assert_eq!(hold.current(), s(5));
        for _ in 0..Hold::PATIENCE * 20 {
            hold.complete();
        }
        assert_eq!(hold.current(), WAIT_DEFAULT, "never above what the server grants");
        hold.cut(Duration::from_millis(200));
        assert_eq!(hold.current(), Hold::LEAST);
    }

    #[test]
    fn tries_a_firm_limit_less_and_less_often() {
        let mut hold = Hold::default();
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
    fn follows_the_server_unless_the_path_is_worse() {
        let mut hold = Hold::default();
        hold.grant(s(10));
        assert_eq!(hold.current(), s(10));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(40));
        hold.cut(s(20));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(16), "what was learned stays");
        hold.grant(s(5));
        assert_eq!(hold.current(), s(5));
        for _ in 0..Hold::PATIENCE * 4 {
            hold.complete();
        }
        hold.grant(s(40));
        assert_eq!(hold.current(), s(16), "also while the server grants less");
    }

    #[test]
    fn is_remembered_as_seconds() {
        let mut hold = Hold::default();
        assert_eq!(serde_json::to_string(&hold).unwrap(), "0");
        hold.cut(s(60));
        hold.cut(s(11));
        let remembered = serde_json::to_string(&hold).unwrap();
        assert_eq!(remembered, "8");
        let mut hold: Hold = serde_json::from_str(&remembered).unwrap();
        assert_eq!(hold.current(), s(8));
        hold.grant(s(60));
        assert_eq!(hold.current(), s(8));
        assert_eq!(Hold::from_secs(0), Hold::default());
        assert_eq!(
            Hold::from_secs(90).current(),
            WAIT_DEFAULT,
            "not above the grant, which is not known yet"
        );
        assert_eq!(Hold::from_secs(u64::MAX).as_secs(), WAIT_MAX.as_secs());
    }
}
