//! A coarse timer wheel (Varghese and Lauck, 1987, scheme 6): a deadline costs four bytes and no system call, and comes up
//! to one tick late, never early.

use std::time::Duration;

use tokio::time::Instant;

/// The resolution of deadlines.
const TICK: Duration = Duration::from_millis(1_000 / TICKS_PER_SECOND);
const TICKS_PER_SECOND: u64 = 20;
/// The number of slots, one for each tick; one of them is the present tick's.
const SLOTS: u32 = 1024;

/// A point in time, in ticks since the wheel was made.
pub(super) type Tick = u32;

/// A timer wheel of connection numbers. Alarms are never cancelled, only ignored when stale; an alarm for a
/// distant time comes up earlier, to be set again.
pub(super) struct Wheel {
    began: Instant,
    slots: Vec<Vec<u32>>,
    /// The last tick whose alarms have come up.
    done: Tick,
    /// The earliest tick at which an alarm may come up.
    next: Option<Tick>,
}

impl Wheel {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, slots: vec![Vec::new(); SLOTS as usize], done: 0, next: None }
    }

    /// The first tick that is not before this time.
    pub(super) fn tick(&self, time: Instant) -> Tick {
        let passed = time.saturating_duration_since(self.began);
        // In 64 bits: a division of 128 bits, which `as_micros` would need, costs as much as a look into a map.
        let of_second = u64::from(passed.subsec_nanos()).div_ceil(u64::from(TICK.subsec_nanos()));
        // The numbers last for seven years.
        Tick::try_from(passed.as_secs().saturating_mul(TICKS_PER_SECOND).saturating_add(of_second))
            .unwrap_or(Tick::MAX)
    }

    /// The present tick.
    pub(super) fn now(&self) -> Tick {
        self.done
    }

    /// Sets an alarm for `number` at `tick`; at the next tick if that has passed, or within a turn of the
    /// wheel if that is too far away. Returns the actual tick.
    pub(super) fn schedule(&mut self, number: u32, tick: Tick) -> Tick {
        let tick = tick.clamp(self.done + 1, self.done + SLOTS - 1);
        self.slots[(tick % SLOTS) as usize].push(number);
        self.next = Some(self.next.map_or(tick, |next| next.min(tick)));
        tick
    }

    /// The time of the next call of [`Wheel::due`].
    pub(super) fn next(&self) -> Option<Instant> {
        self.next.map(|next| self.began + TICK * next)
    }

    /// Removes and returns the numbers whose alarms are due.
    pub(super) fn due(&mut self, now: Instant) -> Vec<u32> {
        let passed = now.saturating_duration_since(self.began).as_micros() / TICK.as_micros();
        let now = Tick::try_from(passed).unwrap_or(Tick::MAX - SLOTS);
        if self.next.is_none_or(|next| now < next) {
            self.done = self.done.max(now.min(self.next.unwrap_or(now)));
            return Vec::new();
        }
        let mut due = Vec::new();
        for tick in self.done + 1..=now.min(self.done + SLOTS) {
            // Taken, not drained: alarms come up in crowds, and each slot would keep the capacity for all of
            // them.
            due.append(&mut std::mem::take(&mut self.slots[(tick % SLOTS) as usize]));
        }
        self.done = now;
        self.next = (now + 1..now + SLOTS).find(|tick| !self.slots[(tick % SLOTS) as usize].is_empty());
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarm_comes_up_late_rather_than_early() {
        let start = Instant::now();
        let mut wheel = Wheel::new(start);
        let at = |millis: u32| start + Duration::from_millis(millis.into());
        for millis in [1, 50, 51, 990] {
            wheel.schedule(millis, wheel.tick(at(millis)));
        }
        assert_eq!(wheel.next(), Some(at(50)));
        assert!(wheel.due(at(49)).is_empty());
        assert_eq!(wheel.due(at(50)), [1, 50]);
        assert_eq!(wheel.due(at(100)), [51]);
        assert_eq!(wheel.next(), Some(at(1000)));
        assert_eq!(wheel.due(at(70_000)), [990]);
        assert_eq!(wheel.next(), None);
        assert!(wheel.due(at(100_000)).is_empty());
        assert_eq!(wheel.schedule(1, wheel.tick(at(100_050))), 2001);
        assert_eq!(wheel.due(at(100_050)), [1]);
    }

    #[test]
    fn far_alarm_comes_up_early_and_is_set_again() {
        let start = Instant::now();
        let mut wheel = Wheel::new(start);
        let far = wheel.tick(start + Duration::from_secs(120));
        let mut set = wheel.schedule(7, far);
        wheel.schedule(8, 0);
        assert_eq!(wheel.due(start + TICK), [8], "what is over already comes up at the next tick");
        let mut times = 0;
        for second in 1..=120 {
            for number in wheel.due(start + Duration::from_secs(second)) {
                assert_eq!(number, 7);
                assert!(wheel.now() >= set);
                times += 1;
                if wheel.now() < far {
                    set = wheel.schedule(7, far);
                }
            }
        }
        assert_eq!((times, wheel.now(), set, wheel.next()), (3, far, far, None));
    }
}
