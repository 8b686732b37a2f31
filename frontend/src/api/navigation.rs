//! Steps to other addresses of the page, without loading it anew. Knows nothing of what stands there: see `route`.

use wasm_bindgen::JsValue;
use web_sys::{Event, Url};

use super::base::base;

/// The path of the page's address behind the base, beginning with `/`.
pub fn path() -> String {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    format!("/{}", path.strip_prefix(&base().path).unwrap_or_default())
}

/// Goes to an address of the page: `path` is what stands there behind the base. The router's own way panics where the browser
/// refuses; Safari does so after a hundred steps in half a minute, and frames without an origin do always.
pub fn step_to(path: &str) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let path = format!("{}{}", base().path, path.trim_start_matches('/'));
    // From the address and not from the base, so that a user's name and password in it stay: a step may not change them.
    let address = location.href().and_then(|here| Url::new_with_base(&path, &here));
    let Ok(address) = address.map(|address| address.href()) else { return };
    let history = window.history();
    if history.is_ok_and(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&address)).is_ok()) {
        // The router looks at the address when the browser itself has gone somewhere.
        let _ = Event::new("popstate").map(|event| window.dispatch_event(&event));
    } else {
        // The page is loaded anew; what was typed is in storage.
        let _ = location.assign(&address);
    }
}
