//! Detects that the computer was suspended: the wall clock continued while this program's monotonic clock stood still.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};

/// The interval of checks, short enough for a person who has just opened a laptop.
const PERIOD: Duration = Duration::from_secs(5);
/// The difference of the clocks that counts as a suspend; a smaller one is a correction of the wall clock.
const THRESHOLD: Duration = Duration::from_secs(5);

/// Resolves after the computer was suspended.
pub(super) async fn suspended() {
    loop {
        let (wall, own) = (SystemTime::now(), Instant::now());
        sleep(PERIOD).await;
        // A wall clock that was set back gives no information.
        let passed = wall.elapsed().unwrap_or_default();
        if passed.saturating_sub(own.elapsed()) > THRESHOLD {
            return;
        }
    }
}
