//! The error of callers who have reached a limit.

use std::fmt;
use std::time::Duration;

use holdline_shared::ProblemCode;

use crate::api::error::ApiError;

/// The error of a caller who has reached a limit and may retry after some time.
pub(super) fn refusal(requests: &str, limit: fmt::Arguments<'_>, wait: Duration) -> ApiError {
    let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
    let detail = format!("too many {requests} (limit {limit}); send this again in {seconds} s");
    ApiError::new(ProblemCode::RateLimited, detail).with_retry_after(seconds)
}
