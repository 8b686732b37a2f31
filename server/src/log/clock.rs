//! Rules for a clock that may be wrong: how the log dates entries, and how far retention by age may go.
//!
//! A clock may stand in 1972 until the first synchronisation, be ten years ahead for a minute, or be set back an hour.
//! Three rules follow. Entries are dated by the clock, so that times come back to the truth when the clock does; the order
//! of the log is `seq` alone. Retention believes no more progress than the monotonic clock confirms: after a jump ahead
//! (also one that happened while the server was stopped) it goes on from the time it knew, until the new time has stood
//! for [`CONFIRMED`]. And a date that cannot be true makes no entry old. This file is pure: the time is handed in.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use holdline_shared::Timestamp;

/// 2025-01-01: no log is older than the program.
const EARLIEST: Timestamp = Timestamp(1_735_689_600_000);

/// A clock that is corrected by less than this makes entries share a date instead of going back.
const SMALL_STEP: Duration = Duration::from_secs(60);

/// A clock that gains more than this on the monotonic clock was set, not corrected.
const JUMP: Duration = Duration::from_secs(300);

/// The time for which a clock must keep its new time after a jump before retention believes it.
const CONFIRMED: Duration = Duration::from_secs(24 * 3600);

/// The time by the system's clock.
pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(millis(since))
}

/// The date of an entry that is appended when the clock says `now` and the entry before it is dated `last`.
pub(super) fn date(now: Timestamp, last: Timestamp) -> Timestamp {
    let is_small_step = last.0.saturating_sub(now.0) <= millis(SMALL_STEP);
    if is_small_step || now < EARLIEST { last.max(now) } else { now }
}

/// Whether a date can be true, as far as can be told without a clock.
pub(super) fn is_plausible(date: Timestamp) -> bool {
    date >= EARLIEST
}

/// The time at which the log was last in use, as far as known: `seen` is the time that retention believed
/// then, `dated` the date of the last entry with a plausible date. If neither is plausible (0), retention
/// waits until a time is confirmed.
pub(super) fn known(seen: Option<Timestamp>, dated: Option<Timestamp>) -> Timestamp {
    // The date counts only if `seen` is missing: it may come from a minute in which the clock was ahead.
    let mut all = seen.into_iter().chain(dated);
    all.find(|time| is_plausible(*time)).unwrap_or_default()
}

/// The time as retention believes it.
#[derive(Debug)]
pub(super) struct RetentionClock {
    /// The last believed time, and the monotonic clock's reading then.
    believed: (Timestamp, Instant),
    /// The moment from which the clock has been ahead of the believed time.
    ahead_since: Option<Instant>,
}

impl RetentionClock {
    /// Makes a clock for a log that was last in use at [`known`].
    pub(super) fn new(known: Timestamp, at: Instant) -> Self {
        Self { believed: (known.max(EARLIEST), at), ahead_since: None }
    }

    /// The time that is believed now.
    pub(super) fn now(&mut self, wall: Timestamp, at: Instant) -> Timestamp {
        let passed = at.saturating_duration_since(self.believed.1);
        let expected = Timestamp(self.believed.0.0.saturating_add(millis(passed)));
        if wall < EARLIEST {
            // The clock was not set yet. If its time were believed, every true time would later be a jump.
            return expected;
        }
        if wall.0 <= expected.0.saturating_add(millis(JUMP)) {
            // In step or set back: an earlier time removes nothing that was not due before.
            self.believed = (wall, at);
            self.ahead_since = None;
            return wall;
        }
        let since = *self.ahead_since.get_or_insert(at);
        if at.saturating_duration_since(since) >= CONFIRMED {
            self.believed = (wall, at);
            self.ahead_since = None;
            return wall;
        }
        expected
    }

    /// The cut that retention by `age` makes now.
    pub(super) fn cut(&mut self, age: Duration, wall: Timestamp, at: Instant) -> AgeCut {
        let now = self.now(wall, at);
        AgeCut { oldest: Timestamp(now.0.saturating_sub(millis(age))), newest: now.max(wall) }
    }
}

/// The dates between which entries are kept. Entries before them are old enough to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct AgeCut {
    oldest: Timestamp,
    newest: Timestamp,
}

/// An entry's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// The entry and everything before it may go.
    Due,
    /// The entry and everything after it stay.
    Kept,
    /// The entry's date is from a moment when the clock was wrong: it goes with the next entry that is due.
    Unknown,
}

impl AgeCut {
    /// The age of an entry of this date.
    pub(super) fn age(&self, date: Timestamp) -> Age {
        match date {
            date if date < EARLIEST || date.0 > self.newest.0.saturating_add(millis(SMALL_STEP)) => {
                Age::Unknown
            }
            date if date < self.oldest => Age::Due,
            _ => Age::Kept,
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of these entries, the log's oldest in its order, that may go.
    fn due(cut: AgeCut, dates: &[u64]) -> usize {
        let ages = dates.iter().map(|&date| cut.age(Timestamp(date)));
        let until_kept = ages.take_while(|age| *age != Age::Kept).enumerate();
        until_kept.filter(|(_, age)| *age == Age::Due).last().map_or(0, |(index, _)| index + 1)
    }

    const DAY: u64 = 24 * 3600 * 1000;
    const YEAR: u64 = 365 * DAY;
    /// 2026-11-26.
    const NOW: u64 = 1_795_651_200_000;
    const IN_1972: u64 = 2 * YEAR;
    const KEEP: Duration = Duration::from_secs(90 * 24 * 3600);

    #[test]
    fn entries_are_dated_by_the_clock() {
        let cases = [
            ("in step", NOW + 5, NOW, NOW + 5),
            ("a correction by a second", NOW - 1000, NOW, NOW),
            ("an hour back", NOW - 3_600_000, NOW, NOW - 3_600_000),
            ("ten years ahead", NOW + 10 * YEAR, NOW, NOW + 10 * YEAR),
            ("after ten years ahead", NOW, NOW + 10 * YEAR, NOW),
            ("a first entry in 1972", IN_1972, 0, IN_1972),
            ("1972 after a restart", IN_1972, NOW, NOW),
            ("the first synchronisation", NOW, IN_1972, NOW),
        ];
        for (name, clock, last, dated) in cases {
            assert_eq!(date(Timestamp(clock), Timestamp(last)), Timestamp(dated), "{name}");
        }
    }

    /// Name; time of last use; dates of entries; looks; the number of entries that may go at each look.
    type Case<'a> = (&'a str, u64, &'a [u64], &'a [(u64, u64)], &'a [usize]);

    /// Seconds of uptime and the clock at each look, after a start at `known`; the number of entries that may go then.
    fn taken(known: u64, dates: &[u64], looks: &[(u64, u64)]) -> Vec<usize> {
        let start = Instant::now();
        let mut clock = RetentionClock::new(Timestamp(known), start);
        let look = |&(uptime, wall): &(u64, u64)| {
            due(clock.cut(KEEP, Timestamp(wall), start + Duration::from_secs(uptime)), dates)
        };
        looks.iter().map(look).collect()
    }

    #[test]
    fn retention_takes_what_is_due_and_nothing_else() {
        let (old, fresh) = (NOW - 91 * DAY, NOW - 89 * DAY);
        let ahead = NOW + 10 * YEAR;
        let day = DAY / 1000;
        let cases: [Case<'_>; 13] = [
            ("in step", NOW, &[old, fresh, NOW], &[(0, NOW), (60, NOW + 60_000)], &[1, 1]),
            ("a day later", NOW, &[old, fresh], &[(0, NOW), (2 * day, NOW + 2 * DAY)], &[1, 2]),
            (
                "ten years ahead for a minute",
                NOW,
                &[old, fresh],
                &[(0, NOW), (60, ahead), (120, NOW + 120_000)],
                &[1, 1, 1],
            ),
            (
                "ten years ahead, confirmed",
                NOW,
                &[old, fresh],
                &[(0, NOW), (60, ahead), (60 + day, ahead + DAY)],
                &[1, 1, 2],
            ),
            ("restart ten years ahead", NOW, &[old, fresh], &[(0, ahead), (60, ahead + 60_000)], &[1, 1]),
            (
                "restart after a long stop",
                NOW - 10 * DAY,
                &[old, fresh],
                &[(0, NOW), (day, NOW + DAY)],
                &[0, 1],
            ),
            ("an hour back", NOW, &[old, fresh], &[(0, NOW), (60, NOW - 3_600_000)], &[1, 1]),
            (
                "started in 1972, then true",
                IN_1972,
                &[IN_1972, IN_1972],
                &[(0, IN_1972), (60, NOW), (60 + day, NOW + DAY)],
                &[0, 0, 0],
            ),
            ("1972 goes with what follows", NOW, &[IN_1972, old, fresh], &[(0, NOW)], &[2]),
            ("a date ahead blocks nothing", NOW, &[ahead, old, ahead, old, fresh, old], &[(0, NOW)], &[4]),
            (
                "restart in 1972",
                NOW,
                &[old, fresh],
                &[(0, IN_1972), (60, NOW), (60 + day, NOW + DAY)],
                &[1, 1, 1],
            ),
            (
                "only 1972 is known, and ten years ahead",
                IN_1972,
                &[old, fresh],
                &[(0, ahead), (60, ahead + 60_000), (day, ahead + DAY)],
                &[0, 0, 2],
            ),
            ("nothing is known", 0, &[old, fresh], &[(0, NOW), (60, ahead), (120, NOW)], &[0, 0, 0]),
        ];
        for (name, known, dates, looks, expected) in cases {
            assert_eq!(taken(known, dates, looks), expected, "{name}");
        }
    }

    #[test]
    fn a_wrong_clock_at_one_start_takes_nothing_at_the_next() {
        let (fresh, ahead) = (NOW - 89 * DAY, NOW + 10 * YEAR);
        // The clock's time at each start.
        let cases: [(&str, &[u64]); 5] = [
            ("true, ahead", &[NOW, ahead]),
            ("true, 1972, ahead", &[NOW, IN_1972, ahead]),
            ("1972, ahead", &[IN_1972, ahead]),
            ("true, ahead, ahead", &[NOW, ahead, ahead]),
            ("true, 1972, 1972, ahead, true", &[NOW, IN_1972, IN_1972, ahead, NOW]),
        ];
        for (name, starts) in cases {
            let mut seen = None;
            for (n, &wall) in starts.iter().enumerate() {
                // The last entry was appended during the start before.
                let dated = n
                    .checked_sub(1)
                    .map(|before| Timestamp(starts[before]))
                    .filter(|date| is_plausible(*date));
                let known = known(seen, dated.or(Some(Timestamp(fresh))));
                let start = Instant::now();
                let mut clock = RetentionClock::new(known, start);
                let cut = clock.cut(KEEP, Timestamp(wall), start);
                assert_ne!(cut.age(Timestamp(fresh)), Age::Due, "{name}, start {n}");
                seen = Some(clock.now(Timestamp(wall), start));
                assert!(seen.is_some_and(is_plausible), "{name}, start {n}");
            }
        }
    }
}
