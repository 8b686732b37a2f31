//! Information that only the reader's machine has: local dates and times, and the length of a text in characters. The
//! browser supplies it; tests supply their own. No code here calls a browser API.

use holdline_shared::Timestamp;

/// A calendar day in the reader's time zone: days since 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// Functions that format times and count characters for the reader.
#[derive(Debug, Clone, Copy)]
pub struct Locale {
    /// A version number, which changes at midnight and with the time zone, so that everything with a time is rendered
    /// again.
    pub edition: u32,
    /// The current time.
    pub now: fn() -> Timestamp,
    /// The local day of a moment.
    pub day: fn(Timestamp) -> Day,
    /// Hours and minutes.
    pub time: fn(Timestamp) -> String,
    /// The date in words, with the year.
    pub date: fn(Timestamp) -> String,
    /// Date and time to the second.
    pub moment: fn(Timestamp) -> String,
    /// The machine-readable form of a moment, for `<time datetime>`.
    pub machine: fn(Timestamp) -> String,
    /// The name of the reader's time zone.
    pub zone: fn() -> String,
    /// Hours and minutes in the time zone of this name, if there is one.
    pub time_in: fn(&str, Timestamp) -> Option<String>,
    /// The length of a text in user-perceived characters.
    pub count: fn(&str) -> usize,
}

impl PartialEq for Locale {
    /// Compares only the edition: there is one reader.
    fn eq(&self, other: &Self) -> bool {
        self.edition == other.edition
    }
}

impl Locale {
    /// "Today", "Yesterday" or the date.
    pub fn day_name(&self, at: Timestamp) -> String {
        match (self.day)((self.now)()).0 - (self.day)(at).0 {
            0 => crate::words::TODAY.to_owned(),
            1 => crate::words::YESTERDAY.to_owned(),
            _ => (self.date)(at),
        }
    }

    /// Hours and minutes, preceded by the day unless that is today.
    pub fn day_and_time(&self, at: Timestamp) -> String {
        let time = (self.time)(at);
        let is_today = (self.day)((self.now)()) == (self.day)(at);
        if is_today { time } else { format!("{}, {time}", self.day_name(at)) }
    }
}

/// A locale in UTC at 12:30 on a fixed day, for tests on any machine.
#[cfg(any(test, not(target_arch = "wasm32")))]
pub fn utc() -> Locale {
    const DAY: u64 = 86_400_000;
    const MINUTE: u64 = 60_000;
    let time = |at: Timestamp| format!("{:02}:{:02}", at.0 % DAY / (60 * MINUTE), at.0 / MINUTE % 60);
    Locale {
        edition: 0,
        now: || Timestamp(20_000 * DAY + 750 * MINUTE),
        day: |at| Day(i64::try_from(at.0 / DAY).unwrap_or_default()),
        time,
        date: |at| format!("day {}", at.0 / DAY),
        moment: |at| format!("moment {}", at.0),
        machine: |at| at.0.to_string(),
        zone: || "Etc/UTC".to_owned(),
        time_in: |_, at| Some(format!("{:02}:{:02}", at.0 % DAY / (60 * MINUTE), at.0 / MINUTE % 60)),
        count: |text| text.chars().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_names_near_today() {
        let locale = utc();
        let now = (locale.now)();
        let ago = |days: u64| Timestamp(now.0 - days * 86_400_000);
        assert_eq!(locale.day_and_time(now), "12:30");
        assert_eq!(locale.day_and_time(ago(1)), "Yesterday, 12:30");
        assert_eq!(locale.day_and_time(ago(2)), "day 19998, 12:30");
    }
}
