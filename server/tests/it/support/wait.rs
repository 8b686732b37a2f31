//! Waiting for expected results, with a generous time limit.

use std::time::Duration;

use tokio::time::{Instant, timeout};

/// The time limit: longer than any result takes on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// Awaits the future; panics at the time limit.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(TIME_LIMIT, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Checks the condition repeatedly until it is true; panics at the time limit.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + TIME_LIMIT;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::task::yield_now().await;
    }
}
