//! A rate: a number of requests at once, and a number more in each period. Counts nothing.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use governor::Quota;
use thiserror::Error;

/// The largest burst: with the longest period, the product in nanoseconds still fits into 64 bits.
const MAX_BURST: u32 = 1_000_000;

/// The number of requests that are allowed at once, and the speed at which this allowance is restored. Its text is
/// `60+1/s` (60 at once, and one more each second), also with `/min` and `/h`, or `0` to allow none.
///
/// ```
/// use holdline_server::Rate;
/// assert_eq!("60+1/s".parse(), Ok(Rate::per_second(60, 1)));
/// assert_eq!(Rate::per_hour(10, 10).to_string(), "10+10/h");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    burst: u32,
    count: u32,
    period: Period,
}

/// The period in which `count` requests are restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Second,
    Minute,
    Hour,
}

impl Period {
    const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Hour];

    fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
        }
    }

    fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 60 * 60,
        })
    }
}

impl Rate {
    /// Allows no request.
    pub const ZERO: Self = Self { burst: 0, count: 1, period: Period::Hour };

    /// Allows `burst` requests, at most a million, at once, and `count` more each second, at least one.
    pub const fn per_second(burst: u32, count: u32) -> Self {
        Self::new(burst, count, Period::Second)
    }

    /// Allows `burst` requests, at most a million, at once, and `count` more each minute, at least one.
    pub const fn per_minute(burst: u32, count: u32) -> Self {
        Self::new(burst, count, Period::Minute)
    }

    /// Allows `burst` requests, at most a million, at once, and `count` more each hour, at least one.
    pub const fn per_hour(burst: u32, count: u32) -> Self {
        Self::new(burst, count, Period::Hour)
    }

    const fn new(burst: u32, count: u32, period: Period) -> Self {
        let burst = if burst > MAX_BURST { MAX_BURST } else { burst };
        let count = if count == 0 { 1 } else { count };
        if burst == 0 { Self::ZERO } else { Self { burst, count, period } }
    }

    /// The time in which the allowance for one request is restored.
    pub(super) fn interval(self) -> Duration {
        (self.period.duration() / self.count).max(Duration::from_nanos(1))
    }

    /// The rate in the library's form; `None` if no request is allowed.
    pub(super) fn quota(self) -> Option<Quota> {
        Some(Quota::with_period(self.interval())?.allow_burst(NonZeroU32::new(self.burst)?))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ZERO {
            return f.write_str("0");
        }
        write!(f, "{}+{}/{}", self.burst, self.count, self.period.name())
    }
}

/// The error for a text that is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a rate is written like 60+1/s: 60 at once, and 1 more each second (s, min or h); 0 allows none")]
pub struct InvalidRate;

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        if text == "0" {
            return Ok(Self::ZERO);
        }
        let (burst, more) = text.split_once('+').ok_or(InvalidRate)?;
        let (count, period) = more.split_once('/').ok_or(InvalidRate)?;
        let period = Period::ALL.into_iter().find(|one| one.name() == period).ok_or(InvalidRate)?;
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0).ok_or(InvalidRate);
        let burst = number(burst)?;
        if burst > MAX_BURST {
            return Err(InvalidRate);
        }
        Ok(Self::new(burst, number(count)?, period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_read_as_it_is_written() {
        for text in ["0", "1+1/s", "60+2/s", "300+60/min", "10+10/h", "1000000+4294967295/s"] {
            assert_eq!(text.parse::<Rate>().map(|rate| rate.to_string()).as_deref(), Ok(text));
        }
        let not_a_rate =
            ["", "60", "60+1", "60+1/d", "0+1/s", "1+0/s", "-1+1/s", "1000001+1/s", "1+1/s ", "1/s"];
        for text in not_a_rate {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate), "{text}");
        }
    }

    #[test]
    fn extreme_rates_are_within_what_the_library_computes() {
        for rate in [Rate::per_second(u32::MAX, u32::MAX), Rate::per_hour(u32::MAX, 0), Rate::per_hour(1, 1)]
        {
            let quota = rate.quota().unwrap();
            let whole = u64::try_from(rate.interval().as_nanos()).unwrap();
            assert!(whole.checked_mul(u64::from(quota.burst_size().get())).is_some(), "{rate}");
        }
        assert_eq!((Rate::ZERO.quota(), Rate::per_second(0, 5)), (None, Rate::ZERO));
    }
}
