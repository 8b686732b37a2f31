//! Checks the address that an outgoing webhook is to post to, before there is such a webhook. Where a host name leads is found
//! out at each delivery.

use holdline_shared::ProblemCode;

use super::app::App;
use super::error::ApiError;

/// The usual spelling of the address; an error if no delivery could ever be made there.
#[cfg(feature = "outgoing-hooks")]
pub(super) fn hook_target(app: &App, url: &str) -> Result<String, ApiError> {
    use crate::hooks::{AddressGuard, HookUrl, InvalidHookUrl};

    if !app.hub.is_followed() {
        return Err(no_deliveries());
    }
    let invalid = |detail: String| ApiError::new(ProblemCode::InvalidBody, detail);
    let url: HookUrl = url.parse().map_err(|error: InvalidHookUrl| invalid(error.to_string()))?;
    if AddressGuard::new(app.config.hook_hosts.clone()).refuses(&url) {
        let detail = "a webhook posts to public addresses; the operator allows another one by name, with --allow-hook-host";
        return Err(invalid(detail.to_owned()));
    }
    Ok(url.as_str().to_owned())
}

/// The error of a server that was built without outgoing webhooks.
#[cfg(not(feature = "outgoing-hooks"))]
pub(super) fn hook_target(_: &App, _: &str) -> Result<String, ApiError> {
    Err(no_deliveries())
}

fn no_deliveries() -> ApiError {
    ApiError::new(ProblemCode::NotAllowed, "this server delivers nothing to outgoing webhooks")
}
