//! What only the reader's machine knows: local dates and times, and how long a text is in characters. The browser
//! supplies it; tests supply their own. Nothing here asks a browser.

use holdline_shared::Timestamp;

/// A calendar day where the reader is: days since 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// The reader's way of writing moments and counting characters.
#[derive(Debug, Clone, Copy)]
pub struct Locale {
    /// The moment it is.
    pub now: fn() -> Timestamp,
    /// The local day of a moment.
    pub day: fn(Timestamp) -> Day,
    /// Hours and minutes.
    pub time: fn(Timestamp) -> String,
    /// The date in words, with the year.
    pub date: fn(Timestamp) -> String,
    /// The moment for machines, as `<time datetime>` wants it.
    pub machine: fn(Timestamp) -> String,
    /// Length in characters as people see them.
    pub count: fn(&str) -> usize,
}

impl PartialEq for Locale {
    /// There is one reader, so there is one locale.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Locale {
    /// "Today", "Yesterday" or the date.
    pub fn day_name(&self, at: Timestamp) -> String {
        match (self.day)((self.now)()).0 - (self.day)(at).0 {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ => (self.date)(at),
        }
    }

    /// Hours and minutes, with the day before them unless that is today.
    pub fn day_and_time(&self, at: Timestamp) -> String {
        let time = (self.time)(at);
        match self.day_name(at).as_str() {
            "Today" => time,
            day => format!("{day}, {time}"),
        }
    }
}

/// UTC, half past a fixed noon, for tests on any machine.
#[cfg(any(test, not(target_arch = "wasm32")))]
pub fn utc() -> Locale {
    const DAY: u64 = 86_400_000;
    const MINUTE: u64 = 60_000;
    Locale {
        now: || Timestamp(20_000 * DAY + 750 * MINUTE),
        day: |at| Day(i64::try_from(at.0 / DAY).unwrap_or_default()),
        time: |at| format!("{:02}:{:02}", at.0 % DAY / (60 * MINUTE), at.0 / MINUTE % 60),
        date: |at| format!("day {}", at.0 / DAY),
        machine: |at| at.0.to_string(),
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
