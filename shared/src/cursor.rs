//! Positions in the log: [`Seq`] within one log, [`Cursor`] across logs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An entry's position in the log. Grows from entry to entry and may skip numbers; 0 is before the first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position before the first entry.
    pub const START: Self = Self(0);

    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The identifier of a log, created with the log. A log that was replaced or restored gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Epoch(pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A reader's position: the reader has seen everything up to `seq` of the log with this `epoch`. The text form, 16
/// hexadecimal digits, `-` and a decimal number, is opaque to clients, which only store it and send it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// The log's epoch.
    pub epoch: Epoch,
    /// The last entry seen.
    pub seq: Seq,
}

/// The error for a text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("this is not a cursor; send back, unchanged, the one from the last answer")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (epoch, seq) = text.split_once('-').ok_or(InvalidCursor)?;
        let is_hex = epoch.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_number = seq.bytes().all(|b| b.is_ascii_digit()) && (seq == "0" || !seq.starts_with('0'));
        if epoch.len() != 16 || !is_hex || !is_number {
            return Err(InvalidCursor);
        }
        Ok(Self {
            epoch: Epoch(u64::from_str_radix(epoch, 16).map_err(|_| InvalidCursor)?),
            seq: Seq(seq.parse().map_err(|_| InvalidCursor)?),
        })
    }
}

impl TryFrom<String> for Cursor {
    type Error = InvalidCursor;
    fn try_from(text: String) -> Result<Self, InvalidCursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> String {
        cursor.to_string()
    }
}

/// The position from which a poll reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum After {
    /// The place after the log's current head: a poll without `after`.
    #[default]
    Now,
    /// The place before the first entry that the log still has: `after=start`.
    Start,
    /// The place after this cursor.
    At(Cursor),
}

impl FromStr for After {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        match text {
            "" | "now" => Ok(Self::Now),
            "start" => Ok(Self::Start),
            cursor => cursor.parse().map(Self::At),
        }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::Start => f.write_str("start"),
            Self::At(cursor) => cursor.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_round_trips_through_text() {
        for seq in [0, 1, 42, u64::MAX] {
            let cursor = Cursor { epoch: Epoch(0x1f), seq: Seq(seq) };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        let cursor = Cursor { epoch: Epoch(u64::MAX), seq: Seq(7) };
        assert_eq!(cursor.to_string(), "ffffffffffffffff-7");
    }

    #[test]
    fn other_text_forms_of_a_cursor_are_refused() {
        for bad in [
            "",
            "7",
            "-7",
            "ffffffffffffffff-",
            "ffffffffffffffff-07",
            "ffffffffffffffff-+7",
            "FFFFFFFFFFFFFFFF-7",
            "fffffffffffffff-7",
            "ffffffffffffffff-18446744073709551616",
            "ffffffffffffffff-7 ",
            "+fffffffffffffff-7",
            "日本語日本語日本-7",
        ] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad:?}");
        }
    }

    #[test]
    fn after_is_now_start_or_a_cursor() {
        assert_eq!("".parse(), Ok(After::Now));
        assert_eq!("now".parse(), Ok(After::Now));
        assert_eq!("start".parse(), Ok(After::Start));
        assert_eq!("yesterday".parse::<After>(), Err(InvalidCursor));
    }
}
