//! Retention: how long the log keeps entries.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// The bounds of what is kept; without any, everything is kept. An entry beyond either bound is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// The age beyond which entries are removed.
    pub age: Option<Duration>,
    /// The number of newest entries that each room keeps.
    pub per_room: Option<u64>,
}

/// The error for a text that is no retention.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "keep is forever, an age such as 90d, 12h or 30m, a number such as 10000/room, or both with a comma; not {0:?}"
)]
pub struct InvalidRetention(String);

impl Retention {
    /// Whether every entry is kept.
    pub fn is_forever(&self) -> bool {
        *self == Self::default()
    }
}

impl FromStr for Retention {
    type Err = InvalidRetention;

    fn from_str(text: &str) -> Result<Self, InvalidRetention> {
        let invalid = || InvalidRetention(text.to_owned());
        let mut retention = Self::default();
        if text == "forever" {
            return Ok(retention);
        }
        for part in text.split(',').map(str::trim) {
            if let Some(count) = part.strip_suffix("/room") {
                let count =
                    count.parse().ok().filter(|&count: &u64| count > 0 && i64::try_from(count).is_ok());
                if retention.per_room.replace(count.ok_or_else(invalid)?).is_some() {
                    return Err(invalid());
                }
            } else {
                let unit = part.char_indices().last().ok_or_else(invalid)?.0;
                let (number, unit) = part.split_at(unit);
                let seconds: u32 = match unit {
                    "d" => 86_400,
                    "h" => 3_600,
                    "m" => 60,
                    _ => return Err(invalid()),
                };
                let number: u32 = number.parse().ok().filter(|&number| number > 0).ok_or_else(invalid)?;
                let age = Duration::from_secs(u64::from(number) * u64::from(seconds));
                if retention.age.replace(age).is_some() {
                    return Err(invalid());
                }
            }
        }
        Ok(retention)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = self.age.map(|age| format!("{}m", age.as_secs() / 60));
        let per_room = self.per_room.map(|count| format!("{count}/room"));
        let parts: Vec<String> = age.into_iter().chain(per_room).collect();
        f.write_str(if parts.is_empty() { "forever" } else { "" })?;
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let days = |days: u64| Some(Duration::from_secs(days * 86_400));
        let cases = [
            ("forever", None, None),
            ("90d", days(90), None),
            ("48h", days(2), None),
            ("10000/room", None, Some(10_000)),
            ("90d, 10000/room", days(90), Some(10_000)),
        ];
        for (text, age, per_room) in cases {
            assert_eq!(text.parse(), Ok(Retention { age, per_room }), "{text}");
        }
        for bad in [
            "",
            "0d",
            "d",
            "90",
            "90days",
            "0/room",
            "-1/room",
            "90d,",
            "1d,2d",
            "5/room,6/room",
            "é",
            "99999999999999999999/room",
        ] {
            assert_eq!(bad.parse::<Retention>(), Err(InvalidRetention(bad.to_owned())), "{bad}");
        }
        assert_eq!("2h,5/room".parse::<Retention>().unwrap().to_string(), "120m,5/room");
        assert_eq!(Retention::default().to_string(), "forever");
    }
}
