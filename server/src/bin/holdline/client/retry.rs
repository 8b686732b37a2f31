//! Retries of requests until they are answered, with backoff. Not used for polls, which the subscription machine
//! retries.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use holdline_shared::{Backoff, Jitter};
use thiserror::Error;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::request_error::RequestError;
use super::say::say;
use super::target::Target;

/// The longest `Retry-After` that is followed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// The reason why a request is not retried any more.
#[derive(Debug, Error)]
pub(crate) enum GaveUp {
    /// The server refused this request; another one may succeed.
    #[error(transparent)]
    Refused(#[from] RequestError),
    /// The time limit has passed. The server may have received the request.
    #[error("no answer from {target} for {} s, giving up: {why}", .limit.as_secs())]
    NoAnswer {
        /// The server that did not answer.
        target: Box<Target>,
        /// The time limit.
        limit: Duration,
        /// The last error.
        why: String,
    },
}

/// Retries requests to one server, and reports once per outage that it is waiting.
pub(crate) struct RetryPolicy {
    target: Target,
    limit: Option<Duration>,
    /// Whether a Holdline server has answered before. After that, other answers count as temporary errors: a network's
    /// login page, a proxy that is being set up.
    has_answered: AtomicBool,
}

impl RetryPolicy {
    /// Makes a policy with a time limit for each request, or without.
    pub(crate) fn new(target: &Target, limit: Option<Duration>) -> Self {
        Self { target: target.clone(), limit, has_answered: AtomicBool::new(false) }
    }

    /// Repeats `attempt` until it succeeds or is refused for good.
    pub(crate) async fn run<T>(
        &self,
        attempt: impl AsyncFn() -> Result<T, RequestError>,
    ) -> Result<T, GaveUp> {
        let deadline = self.limit.map(|limit| Instant::now() + limit);
        let mut backoff = Backoff::default();
        let mut last = "no answer in time".to_owned();
        loop {
            let result = match deadline {
                Some(deadline) => timeout_at(deadline, attempt()).await,
                None => Ok(attempt().await),
            };
            let pause = match result {
                Ok(Ok(answer)) => {
                    if backoff.failures() > 0 {
                        say("the server is there");
                    }
                    self.has_answered.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Ok(Err(error)) if self.is_final(&error) => return Err(GaveUp::Refused(error)),
                Ok(Err(error)) => {
                    last = error.to_string();
                    if backoff.failures() == 0 {
                        say(format_args!("waiting for {}: {last}", self.target));
                    }
                    pause(&error, &mut backoff, jitter())
                }
                Err(_) => Duration::ZERO,
            };
            let next = Instant::now() + pause;
            match (deadline, self.limit) {
                (Some(deadline), Some(limit)) if next >= deadline => {
                    sleep_until(deadline).await;
                    let target = Box::new(self.target.clone());
                    return Err(GaveUp::NoAnswer { target, limit, why: last });
                }
                _ => sleep_until(next).await,
            }
        }
    }

    /// Whether retrying is pointless.
    fn is_final(&self, error: &RequestError) -> bool {
        if error.code().is_some() {
            self.has_answered.store(true, Ordering::Relaxed);
        }
        let is_elsewhere = matches!(error, RequestError::NotHoldline { .. });
        error.is_final() || (is_elsewhere && !self.has_answered.load(Ordering::Relaxed))
    }
}

/// The pause before the next attempt: the server's `Retry-After`, and at least the growing backoff, in case the server
/// asks for none.
fn pause(error: &RequestError, backoff: &mut Backoff, jitter: Jitter) -> Duration {
    let pause = backoff.fail(jitter);
    let asked = error.retry_after().unwrap_or_default().min(MAX_RETRY_AFTER);
    (asked + jitter.fraction_of(asked / 2)).max(pause)
}

/// A fresh random number. Without a source of randomness, 1, which makes the longest pause.
pub(crate) fn jitter() -> Jitter {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    Jitter::new(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, RETRY_AFTER};

    use super::*;

    #[test]
    fn retry_after_of_zero_still_backs_off() {
        let target = Target { server: "http://a".parse().unwrap(), proxy: None };
        for (asked, milliseconds) in [
            ("0", [500, 1_000, 2_000, 4_000]),
            ("Thu, 26 Nov 2020 10:00:00 GMT", [500, 1_000, 2_000, 4_000]),
            ("soon", [500, 1_000, 2_000, 4_000]),
            ("2", [3_000, 3_000, 3_000, 4_000]),
            ("999999", [450_000; 4]),
        ] {
            let headers: HeaderMap = [(RETRY_AFTER, asked.parse().unwrap())].into_iter().collect();
            let error = RequestError::refused(&target, 503, &headers, b"");
            let mut backoff = Backoff::default();
            let pauses = milliseconds.map(|_| pause(&error, &mut backoff, Jitter::new(1.0)).as_millis());
            assert_eq!(pauses, milliseconds, "{asked}");
        }
    }
}
