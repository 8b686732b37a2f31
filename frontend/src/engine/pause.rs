//! The pause before a request is repeated: one rule for all requests besides the poll, whose machine has the same.

use std::time::Duration;

use holdline_shared::{Backoff, Jitter};

use crate::api::Fault;

/// A server that asks for more patience than this is asked again all the same.
const LONGEST: Duration = Duration::from_secs(300);

/// The pause after a fault. Everyone else was asked for the same patience, so that jitter is added to it; and a server
/// that asks for none is spared by the back-off.
pub(super) fn after(fault: &Fault, backoff: &mut Backoff, jitter: Jitter) -> Duration {
    let backed_off = backoff.fail(jitter);
    match fault.retry_after() {
        Some(asked) => {
            let asked = asked.min(LONGEST);
            asked + jitter.fraction_of(asked / 2).max(backed_off)
        }
        None => backed_off,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_decides_within_reason() {
        let pause = |seconds: u64, jitter: f64| {
            let retry_after = Some(Duration::from_secs(seconds));
            let fault = Fault::Refused { status: 503, problem: None, retry_after };
            after(&fault, &mut Backoff::default(), Jitter::new(jitter))
        };
        let day = pause(86_400, 0.999);
        assert!(day >= LONGEST && day <= LONGEST * 3 / 2, "{day:?}");
        assert!(pause(7, 0.0) >= Duration::from_secs(7));
        assert_ne!(pause(60, 0.1), pause(60, 0.9), "not all clients come back in one second");
        assert!(pause(0, 0.9) > Duration::ZERO, "no tight loop");
    }
}
