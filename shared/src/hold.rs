//! Adaptive hold: how long to ask a server to hold a poll, learned from where the path cuts.

use std::time::Duration;

use crate::limits::{WAIT_DEFAULT, WAIT_MAX};

/// The hold to ask for. Goes down at once when a held poll is cut, creeps up again after a row of polls that were held
/// to their end, and never exceeds what the server grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    granted: Duration,
    current: Duration,
    full_holds: u32,
}

impl Hold {
    /// Below this a held poll is as costly as a regular one.
    pub const LEAST: Duration = Duration::from_secs(1);
    /// Polls held to their end before a longer hold is tried.
    pub const PATIENCE: u32 = 8;

    /// The hold to ask for now, in whole seconds.
    pub fn current(&self) -> Duration {
        Duration::from_secs(self.current.as_secs().max(Self::LEAST.as_secs()))
    }

    /// The server says what it grants. One that grants nothing is asked for the least.
    pub fn grant(&mut self, granted: Duration) {
        let granted = granted.clamp(Self::LEAST, WAIT_MAX);
        if self.current >= self.granted || self.current > granted {
            self.current = granted;
        }
        self.granted = granted;
    }

    /// A poll was cut after it had been held for `held`.
    pub fn cut(&mut self, held: Duration) {
        self.full_holds = 0;
        self.current = self.current.min(held.mul_f64(0.8)).max(Self::LEAST);
    }

    /// A poll was held to its end and answered.
    pub fn complete(&mut self) {
        self.full_holds += 1;
        if self.full_holds >= Self::PATIENCE {
            self.full_holds = 0;
            self.current =
                (self.current + Duration::from_secs(1)).max(self.current.mul_f64(1.2)).min(self.granted);
        }
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self { granted: WAIT_DEFAULT, current: WAIT_DEFAULT, full_holds: 0 }
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
    fn follows_the_server_unless_the_path_is_worse() {
        let mut hold = Hold::default();
        hold.grant(s(10));
        assert_eq!(hold.current(), s(10));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(40));
        hold.cut(s(20));
        hold.grant(s(40));
        assert_eq!(hold.current(), s(16), "what was learned stays");
    }
}
