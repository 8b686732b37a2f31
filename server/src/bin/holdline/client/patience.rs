//! Trying again until there is an answer, without hurrying a server that is in trouble. Not for polls: those have the
//! subscription machine.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use holdline_shared::{Backoff, Jitter};
use thiserror::Error;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Target, Trouble, say};

/// A server that asks for more patience than this is asked again all the same.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Why there is no answer, finally.
#[derive(Debug, Error)]
pub(crate) enum Unanswered {
    /// The request is at fault; the next one may be better.
    #[error(transparent)]
    Refused(#[from] Trouble),
    /// The time is over. The server may have got the request all the same.
    #[error("no answer from {target} for {} s, giving up: {why}", .limit.as_secs())]
    GaveUp {
        /// Who did not answer.
        target: Box<Target>,
        /// For how long.
        limit: Duration,
        /// What happened last.
        why: String,
    },
}

/// Repeats requests to one server, and says once per outage that it is waiting.
pub(crate) struct Patience {
    target: Target,
    limit: Option<Duration>,
    /// Whether a Holdline server was there. From then on whatever else answers is taken for a passing trouble: a login
    /// page of a network, a proxy that is being set up.
    was_there: AtomicBool,
}

impl Patience {
    /// Patience for `limit` with each request, or without end.
    pub(crate) fn new(target: &Target, limit: Option<Duration>) -> Self {
        Self { target: target.clone(), limit, was_there: AtomicBool::new(false) }
    }

    /// Attempts it until it is answered or refused for good.
    pub(crate) async fn insist<T>(
        &self,
        attempt: impl AsyncFn() -> Result<T, Trouble>,
    ) -> Result<T, Unanswered> {
        let deadline = self.limit.map(|limit| Instant::now() + limit);
        let mut backoff = Backoff::default();
        let mut last = "no answer in time".to_owned();
        loop {
            let outcome = match deadline {
                Some(deadline) => timeout_at(deadline, attempt()).await,
                None => Ok(attempt().await),
            };
            let pause = match outcome {
                Ok(Ok(answer)) => {
                    if backoff.failures() > 0 {
                        say("the server is there");
                    }
                    self.was_there.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Ok(Err(trouble)) if self.is_final(&trouble) => return Err(Unanswered::Refused(trouble)),
                Ok(Err(trouble)) => {
                    last = trouble.to_string();
                    if backoff.failures() == 0 {
                        say(format_args!("waiting for {}: {last}", self.target));
                    }
                    pause(&trouble, &mut backoff, jitter())
                }
                Err(_) => Duration::ZERO,
            };
            let next = Instant::now() + pause;
            match (deadline, self.limit) {
                (Some(deadline), Some(limit)) if next >= deadline => {
                    sleep_until(deadline).await;
                    let target = Box::new(self.target.clone());
                    return Err(Unanswered::GaveUp { target, limit, why: last });
                }
                _ => sleep_until(next).await,
            }
        }
    }

    /// Whether it makes no sense to ask again.
    fn is_final(&self, trouble: &Trouble) -> bool {
        if trouble.code().is_some() {
            self.was_there.store(true, Ordering::Relaxed);
        }
        let is_elsewhere = matches!(trouble, Trouble::NoHoldline { .. });
        trouble.is_final() || (is_elsewhere && !self.was_there.load(Ordering::Relaxed))
    }
}

/// As long as the server asks for, and ever longer: one that asks for nothing at all is not asked without end.
fn pause(trouble: &Trouble, backoff: &mut Backoff, jitter: Jitter) -> Duration {
    let pause = backoff.fail(jitter);
    let asked = trouble.retry_after().unwrap_or_default().min(MAX_RETRY_AFTER);
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
    fn retry_after_of_nothing_leaves_back_off_on() {
        let target = Target { server: "http://a".parse().unwrap(), proxy: None };
        for (asked, milliseconds) in [
            ("0", [500, 1_000, 2_000, 4_000]),
            ("Thu, 26 Nov 2020 10:00:00 GMT", [500, 1_000, 2_000, 4_000]),
            ("soon", [500, 1_000, 2_000, 4_000]),
            ("2", [3_000, 3_000, 3_000, 4_000]),
            ("999999", [450_000; 4]),
        ] {
            let headers: HeaderMap = [(RETRY_AFTER, asked.parse().unwrap())].into_iter().collect();
            let trouble = Trouble::refused(&target, 503, &headers, b"");
            let mut backoff = Backoff::default();
            let pauses = milliseconds.map(|_| pause(&trouble, &mut backoff, Jitter::new(1.0)).as_millis());
            assert_eq!(pauses, milliseconds, "{asked}");
        }
    }
}
