//! The pause before a retry: one rule for all requests except the poll, whose machine follows the same rule.

use std::time::Duration;

use holdline_shared::{Backoff, Jitter};

use crate::api::Fault;

/// The longest `Retry-After` that is obeyed, before jitter; a longer one is cut to this.
const LONGEST: Duration = Duration::from_secs(300);

/// Returns the pause after a fault. All clients were asked for the same pause, so jitter is added; a server that asks
/// for none still gets backoff.
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
