//! Notices that the machine was asleep: the clock on the wall went on while this program's clock stood still. Knows
//! nothing of what that means for requests.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};

/// How often to look. Often enough for somebody who has just opened a laptop.
const PERIOD: Duration = Duration::from_secs(5);
/// Less than this is a clock that is being set right.
const LEAP: Duration = Duration::from_secs(5);

/// Resolves after the machine was asleep.
pub(super) async fn leapt() {
    loop {
        let (wall, own) = (SystemTime::now(), Instant::now());
        sleep(PERIOD).await;
        // A wall clock that was put back says nothing.
        let passed = wall.elapsed().unwrap_or_default();
        if passed.saturating_sub(own.elapsed()) > LEAP {
            return;
        }
    }
}
