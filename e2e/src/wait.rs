//! Waits for a condition by checking it repeatedly, never for a fixed time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::time::sleep;

/// The time limit for any condition: far beyond the needs of an idle machine, because a busy one with two
/// cores runs several browsers at a time.
pub const TIME_LIMIT: Duration = Duration::from_secs(180);

/// The pause between two checks.
const PAUSE: Duration = Duration::from_millis(50);

/// The result of a check.
#[derive(Debug)]
pub enum Check<T> {
    /// The condition holds.
    Done(T),
    /// The condition does not hold yet; the text describes the present state.
    Pending(String),
}

impl Check<()> {
    /// The result for a condition; `state` describes the present state if it does not hold.
    pub fn that(is_so: bool, state: impl FnOnce() -> String) -> Self {
        if is_so { Self::Done(()) } else { Self::Pending(state()) }
    }
}

/// Checks until the condition holds. After the time limit, the error names the awaited condition, `what`, and
/// the present state.
pub async fn eventually<T>(what: &str, check: impl AsyncFnMut() -> Result<Check<T>>) -> Result<T> {
    eventually_within(TIME_LIMIT, what, check).await
}

/// Waits like [`eventually`], with another time limit.
pub async fn eventually_within<T>(
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Result<Check<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        match check().await.with_context(|| format!("while waiting for {what}"))? {
            Check::Done(value) => return Ok(value),
            Check::Pending(instead) if Instant::now() >= end => {
                bail!("waited {} s for {what}; there is {instead}", limit.as_secs());
            }
            Check::Pending(_) => sleep(PAUSE).await,
        }
    }
}
