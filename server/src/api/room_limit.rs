//! Limits how many rooms a person or an address may create: rooms stay, everybody sees them, and their number
//! is bounded. Counted in memory, so that a restart resets the limits.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use holdline_shared::limits::ROOMS;
use holdline_shared::{PersonId, ProblemCode};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::config::HttpConfig;
use super::error::ApiError;

/// The time in which an exhausted allowance is fully restored.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// The number of keys that are remembered, 20 MB of them. While all are taken, nobody can create rooms; each
/// key is a person or an address that created one within the last hour. A room takes two keys at most, so a
/// server reaches its limit of rooms before.
const KEYS: usize = 2 * ROOMS + 2;

/// The time between two clean-ups, each of which goes through all keys.
const CLEAN_EVERY: Duration = Duration::from_secs(60);

/// Counts the rooms that each person and each address has created recently.
pub(crate) struct RoomLimit {
    per_person: u32,
    per_visitor: u32,
    /// The time at which each key's allowance is fully restored (a leaky bucket by the generic cell rate
    /// algorithm).
    made: Mutex<Made>,
}

/// The time at which each key's allowance is fully restored.
struct Made {
    whole_at: HashMap<Key, Instant>,
    cleaned_at: Instant,
}

impl Made {
    /// Removes, periodically, keys with a fully restored allowance. Returns whether two more keys fit.
    fn has_place(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.cleaned_at) >= CLEAN_EVERY {
            self.cleaned_at = now;
            self.whole_at.retain(|_, whole_at| *whole_at > now);
        }
        self.whole_at.len() + 2 <= KEYS
    }
}

/// A person or an address that created rooms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Person(PersonId),
    Address(IpAddr),
}

impl RoomLimit {
    pub(super) fn new(config: &HttpConfig) -> Self {
        let made = Mutex::new(Made { whole_at: HashMap::new(), cleaned_at: Instant::now() });
        Self { per_person: config.rooms_per_person, per_visitor: config.rooms_per_visitor, made }
    }

    /// Counts a new room for this person and this visitor; the error says when to retry.
    pub(super) fn take(&self, person: &PersonId, visitor: Option<IpAddr>) -> Result<(), ApiError> {
        let now = Instant::now();
        let mut made = self.made.lock();
        if !made.has_place(now) {
            return Err(refusal(CLEAN_EVERY));
        }
        let made = &mut made.whole_at;
        let person = (Key::Person(person.clone()), self.per_person);
        let visitor = visitor.map(|address| (Key::Address(address), self.per_visitor));
        let keys = || [Some(&person), visitor.as_ref()].into_iter().flatten();
        // Both keys are checked before either is counted.
        for (key, most) in keys() {
            let whole_at = made.get(key).copied().unwrap_or(now).max(now);
            let allowed_at = whole_at + interval(*most);
            if let Some(early) =
                allowed_at.checked_duration_since(now + PERIOD).filter(|early| !early.is_zero())
            {
                return Err(refusal(early));
            }
        }
        for (key, most) in keys() {
            let whole_at = made.get(key).copied().unwrap_or(now).max(now);
            made.insert(key.clone(), whole_at + interval(*most));
        }
        Ok(())
    }
}

/// The time in which the allowance for one room is restored; longer than the period if the allowance is zero.
fn interval(most: u32) -> Duration {
    PERIOD.checked_div(most).unwrap_or(PERIOD + Duration::from_millis(1))
}

fn refusal(retry_after: Duration) -> ApiError {
    let seconds = retry_after.as_secs() + 1;
    let detail =
        format!("too many rooms were made from here lately; the next one may be made in {seconds} s");
    ApiError::new(ProblemCode::RateLimited, detail).with_retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(per_person: u32, per_visitor: u32) -> RoomLimit {
        let mut config = HttpConfig::default();
        (config.rooms_per_person, config.rooms_per_visitor) = (per_person, per_visitor);
        RoomLimit::new(&config)
    }

    fn person(number: u8) -> PersonId {
        PersonId::from_random([number; 16])
    }

    fn from(address: &str) -> Option<IpAddr> {
        address.parse().ok()
    }

    #[tokio::test(start_paused = true)]
    async fn allowance_is_used_up_and_comes_back_bit_by_bit() {
        let limit = limit(10, 100);
        for _ in 0..10 {
            limit.take(&person(1), from("")).unwrap();
        }
        let refused = limit.take(&person(1), from("")).unwrap_err();
        assert_eq!((refused.code(), refused.retry_after()), (ProblemCode::RateLimited, Some(361)));
        limit.take(&person(2), from("")).unwrap();
        tokio::time::advance(Duration::from_secs(360)).await;
        limit.take(&person(1), from("")).unwrap();
        assert!(limit.take(&person(1), from("")).is_err());
        tokio::time::advance(PERIOD).await;
        for _ in 0..10 {
            limit.take(&person(1), from("")).unwrap();
        }
        assert!(limit.take(&person(1), from("")).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn address_is_limited_whoever_asks() {
        let limit = limit(10, 3);
        for number in 0..3 {
            limit.take(&person(number), from("1.2.3.4")).unwrap();
        }
        assert!(limit.take(&person(4), from("1.2.3.4")).is_err());
        for _ in 0..10 {
            limit.take(&person(4), from("")).expect("what was refused did not count");
        }
        limit.take(&person(5), from("1.2.3.5")).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let limit = limit(10, 100);
        let many = |from: u32| {
            (from..).map(|number| {
                // An id keeps five bits of each byte.
                let bytes = std::array::from_fn(|at| u8::try_from(number >> (5 * at.min(5)) & 31).unwrap());
                PersonId::from_random(bytes)
            })
        };
        let taken = many(0).take(KEYS + 10).filter(|one| limit.take(one, from("")).is_ok()).count();
        assert_eq!((taken, limit.made.lock().whole_at.len()), (KEYS - 1, KEYS - 1));
        tokio::time::advance(PERIOD).await;
        limit.take(&person(1), from("1.2.3.4")).unwrap();
        assert_eq!(limit.made.lock().whole_at.len(), 2, "who has all of the allowance again is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn limit_of_zero_allows_none() {
        assert!(limit(0, 100).take(&person(1), from("")).is_err());
    }
}
