//! Waiting for something to be so: look, and look again. Never for a fixed time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::time::sleep;

/// How long anything may take before it counts as not coming: far beyond what an idle machine needs, because a busy
/// one with two cores runs several browsers at a time.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// What one look has found.
#[derive(Debug)]
pub enum Look<T> {
    /// It is so.
    Seen(T),
    /// It is not so yet; what there is instead.
    NotYet(String),
}

impl Look<()> {
    /// Whether it is so, or else what there is.
    pub fn at(is_so: bool, otherwise: impl FnOnce() -> String) -> Self {
        if is_so { Self::Seen(()) } else { Self::NotYet(otherwise()) }
    }
}

/// Looks until it is so; when patience ends, the error says `what` was awaited and what there was instead.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Result<Look<T>>) -> Result<T> {
    eventually_within(PATIENCE, what, look).await
}

/// The same with a patience of one's own.
pub async fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Look<T>>,
) -> Result<T> {
    let end = Instant::now() + patience;
    loop {
        match look().await.with_context(|| format!("while waiting for {what}"))? {
            Look::Seen(value) => return Ok(value),
            Look::NotYet(instead) if Instant::now() >= end => {
                bail!("waited {} s for {what}; there is {instead}", patience.as_secs());
            }
            Look::NotYet(_) => sleep(PAUSE).await,
        }
    }
}
