//! Waiting for what must come, and no longer than it could ever take.

use std::time::Duration;

use tokio::time::{Instant, timeout};

/// Longer than anything here takes on a busy machine; what takes longer will never come.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the future brings.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Looks again and again until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::task::yield_now().await;
    }
}
