//! Durations as owners write them: `30m`, `12h`, `7d`, `2w`.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use thiserror::Error;

/// A time from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term(Duration);

/// The error for a text that is no term.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a time is a number of minutes, hours, days or weeks, as in 30m, 12h, 7d or 2w")]
pub(super) struct InvalidTerm;

impl Term {
    /// The end of the term if it begins now, in milliseconds since the Unix epoch.
    pub(super) fn end(self) -> u64 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from((now + self.0).as_millis()).unwrap_or(u64::MAX)
    }
}

impl FromStr for Term {
    type Err = InvalidTerm;
    fn from_str(text: &str) -> Result<Self, InvalidTerm> {
        const MINUTE: u64 = 60;
        let text = text.trim();
        let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
        let unit = match unit {
            "m" => MINUTE,
            "h" => 60 * MINUTE,
            "d" => 24 * 60 * MINUTE,
            "w" => 7 * 24 * 60 * MINUTE,
            _ => return Err(InvalidTerm),
        };
        // Longer than anybody's life, and short enough to be added to any date.
        let number: u32 = number.parse().map_err(|_| InvalidTerm)?;
        Ok(Self(Duration::from_secs(u64::from(number) * unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_a_unit() {
        for (text, seconds) in [("30m", 1_800), ("12h", 43_200), (" 7d ", 604_800), ("2w", 1_209_600)] {
            assert_eq!(text.parse(), Ok(Term(Duration::from_secs(seconds))), "{text}");
        }
        for bad in ["", "7", "d", "7 d", "-7d", "7y", "7é", "99999999999d"] {
            assert_eq!(bad.parse::<Term>(), Err(InvalidTerm), "{bad}");
        }
    }
}
