//! One limit on the rate of requests, counted for each key. Decides with the library `governor`, and keeps a bounded number
//! of keys.

use std::time::Duration;

use governor::RateLimiter;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use metrics::Counter;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::bounded_store::{BoundedStore, KEYS};
use super::key::LimitKey;
use super::rate::Rate;
use super::refusal::refusal;
use crate::api::error::ApiError;

/// The time between two sweeps of the keys whose allowance is whole again.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// The same while there is no place for a new key. A sweep goes through all keys, which takes a millisecond.
const SWEEP_FULL_EVERY: Duration = Duration::from_secs(1);
/// The value of `Retry-After` if no request is allowed at all.
const NEVER: Duration = Duration::from_secs(60 * 60);

type Governor = RateLimiter<LimitKey, BoundedStore, SinceStart, NoOpMiddleware<Duration>>;

/// A limit with its state.
#[derive(Debug)]
pub(super) struct Limiter {
    /// The name in the configuration.
    name: &'static str,
    /// The counted requests, in the plural.
    requests: &'static str,
    /// The rate; `None` without a limit.
    rate: Option<Rate>,
    /// The counter of requests; `None` without a limit, or if no request is allowed.
    governor: Option<Governor>,
    store: BoundedStore,
    swept_at: Mutex<Instant>,
    refused: Counter,
}

/// Tokio's clock, which stands still in tests with paused time.
#[derive(Debug)]
struct SinceStart(Instant);

impl Clock for SinceStart {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Limiter {
    /// Makes a limiter, one without a limit if there is no rate.
    pub(super) fn new(
        name: &'static str,
        requests: &'static str,
        rate: Option<Rate>,
        refused: Counter,
    ) -> Self {
        let (store, now) = (BoundedStore::default(), Instant::now());
        let quota = rate.and_then(Rate::quota);
        let governor = quota.map(|quota| RateLimiter::new(quota, store.clone(), SinceStart(now)));
        Self { name, requests, rate, governor, store, swept_at: Mutex::new(now), refused }
    }

    /// Counts a request. The error says when to retry.
    pub(super) fn take(&self, key: &LimitKey) -> Result<(), ApiError> {
        let Some(rate) = self.rate else { return Ok(()) };
        let Err(wait) = self.check(key) else { return Ok(()) };
        self.refused.increment(1);
        Err(refusal(self.requests, format_args!("{}={rate}", self.name), wait))
    }

    /// Takes a request out of the count again.
    pub(super) fn give_back(&self, key: &LimitKey) {
        if let Some(rate) = self.rate {
            self.store.give_back(key, rate.interval().into());
        }
    }

    fn check(&self, key: &LimitKey) -> Result<(), Duration> {
        let governor = self.governor.as_ref().ok_or(NEVER)?;
        self.sweep_if_due(governor);
        governor.check_key(key).map_err(|refused| refused.wait_time_from(governor.clock().now()))
    }

    /// Forgets, periodically, the keys whose allowance is whole again.
    fn sweep_if_due(&self, governor: &Governor) {
        let pause = if governor.len() < KEYS { SWEEP_EVERY } else { SWEEP_FULL_EVERY };
        let mut swept_at = self.swept_at.lock();
        if swept_at.elapsed() >= pause {
            *swept_at = Instant::now();
            drop(swept_at);
            governor.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use governor::state::keyed::ShrinkableKeyedStateStore;

    use super::*;

    fn limiter(rate: Rate) -> Limiter {
        Limiter::new("publish", "messages", Some(rate), Counter::noop())
    }

    fn visitor(number: u32) -> LimitKey {
        LimitKey::Visitor(Ipv4Addr::from_bits(number).into())
    }

    #[tokio::test(start_paused = true)]
    async fn allowance_is_used_up_and_comes_back_bit_by_bit() {
        let limiter = limiter(Rate::per_hour(10, 10));
        for _ in 0..10 {
            limiter.take(&visitor(1)).unwrap();
        }
        let refused = limiter.take(&visitor(1)).unwrap_err();
        assert_eq!(refused.retry_after(), Some(360));
        let detail = &refused.problem().detail;
        assert_eq!(detail, "too many messages (limit publish=10+10/h); send this again in 360 s");
        limiter.take(&visitor(2)).unwrap();
        tokio::time::advance(Duration::from_millis(359_500)).await;
        assert_eq!(limiter.take(&visitor(1)).unwrap_err().retry_after(), Some(1), "rounded up");
        tokio::time::advance(Duration::from_millis(500)).await;
        limiter.take(&visitor(1)).unwrap();
        assert!(limiter.take(&visitor(1)).is_err());
        tokio::time::advance(Duration::from_secs(3600)).await;
        for _ in 0..10 {
            limiter.take(&visitor(1)).unwrap();
        }
        assert!(limiter.take(&visitor(1)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn given_back_request_did_not_count() {
        let limiter = limiter(Rate::per_hour(2, 1));
        for _ in 0..10 {
            limiter.take(&visitor(1)).unwrap();
            limiter.give_back(&visitor(1));
        }
        limiter.take(&visitor(1)).unwrap();
        limiter.take(&visitor(1)).unwrap();
        assert!(limiter.take(&visitor(1)).is_err());
        limiter.give_back(&visitor(2));
        limiter.take(&visitor(2)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_under_a_million_visitors() {
        let limiter = limiter(Rate::per_minute(2, 2));
        let early = visitor(u32::MAX);
        limiter.take(&early).unwrap();
        let count = |range: std::ops::Range<u32>| {
            range.filter(|&number| limiter.take(&visitor(number)).is_ok()).count()
        };
        // As many as there are places, and two more, which all other visitors share.
        assert_eq!(count(0..1_000_000), KEYS - 1 + 2);
        assert_eq!(ShrinkableKeyedStateStore::len(&limiter.store), KEYS);
        limiter.take(&early).expect("a visitor who has a place keeps their allowance");
        tokio::time::advance(Duration::from_secs(120)).await;
        assert_eq!(count(0..10), 10);
        assert_eq!(
            ShrinkableKeyedStateStore::len(&limiter.store),
            10,
            "keys with a whole allowance are forgotten"
        );
    }

    #[tokio::test]
    async fn no_limit_allows_all_and_zero_allows_none() {
        let unlimited = Limiter::new("publish", "messages", None, Counter::noop());
        assert!((0..1000).all(|_| unlimited.take(&LimitKey::Server).is_ok()));
        let refused = limiter(Rate::ZERO).take(&LimitKey::Server).unwrap_err();
        assert_eq!(refused.retry_after(), Some(3600));
    }
}
